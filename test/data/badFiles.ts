import { gzipSync } from 'node:zlib';
import { DELIMITERS, encode, type Writing } from './csvText.ts';

/** A file that must be rejected, and its error. The class of the error decides the status. */
export interface BadFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly error: Refusal;
}

interface Refusal {
  readonly kind: 'DataError' | 'NotATableError' | 'TooLargeError';
  readonly code: string;
  readonly row?: number | undefined;
  readonly column?: string | undefined;
}

/** Written with commas and LF, which other delimiters and line ends then replace. */
type Fault = readonly [text: string, code: string, row?: number | undefined, column?: string];

const GOOD = 'a,b,Outcome\n1,2,0\n3,4,1\n';
/** All texts that pandas reads as missing (its documentation, `na_values`), in UTF-8. */
const MISSING =
  ' |#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null'.split(
    '|',
  );
const NO_NUMBERS = [
  'abc',
  '0x1F',
  '0b1',
  '1_000',
  '1e',
  '.',
  '-',
  '1 2',
  '1.2.3',
  '--1',
  '5%',
  '$5',
  '٣',
  '1e5x',
  'true',
];

/** Errors that can occur in every format of a table. */
const FAULTS: readonly Fault[] = [
  ['', 'empty_file'],
  ['\n \n\n', 'empty_file'],
  ['a,b,Outcome\n', 'no_rows'],
  ['a,b,Outcome\n\n\n', 'no_rows'],
  [`${GOOD}5,6\n7,8,0\n`, 'ragged_row', 3],
  [`${GOOD}5,6,1,9\n7,8,0\n`, 'ragged_row', 3],
  [`${GOOD}5\n`, 'ragged_row', 3],
  [`${GOOD}\n\n5,6,1\n7,8,0,`, 'ragged_row', 4],
  [`${GOOD}"5\n6"\n7,8,0\n`, 'ragged_row', 3],
  ['a,b,Outcome\n1,2,0,\n3,4,1,\n5,6,1,9\n', 'ragged_row', 3],
  ['a,b,Outcome\n1,2,0,\n3,4,1\n', 'ragged_row', 2],
  ['a,b,Outcome,\n1,2,0\n3,4,1,\n', 'ragged_row', 2],
  [`${GOOD}(2 rows)\n`, 'ragged_row', 3],
  [`${GOOD}5,6\n7,8\n9\n\n`, 'ragged_row', 3],
  [`Loans of 2024\n${GOOD}`, 'ragged_row', 1],
  [`# made by hand\n#\n${GOOD}`, 'ragged_row', 2],
  [`${GOOD}\x1a\n5,6,0\n`, 'ragged_row', 3],
  [`${GOOD}"5,6,1\n7,8,0\n`, 'malformed_quote', 3, 'a'],
  [`${GOOD}5,"6,1\n7,8,0\n`, 'malformed_quote', 3, 'b'],
  [`${GOOD}5,6,"1`, 'malformed_quote', 3, 'Outcome'],
  [`${GOOD}"5"x,6,1\n7,8,0\n`, 'malformed_quote', 3, 'a'],
  [`${GOOD}5,"6" 6,1\n7,8,0\n`, 'malformed_quote', 3, 'b'],
  [`${GOOD}5,6,1\n"7\n8","9"9,0\n`, 'malformed_quote', 4, 'b'],
  ['a,"b,Outcome\n1,2,0\n', 'malformed_quote', 0, '2'],
  ['a,"b"x,Outcome\n1,2,0\n', 'malformed_quote', 0, '2'],
  [`${GOOD}5,6\0,1\n`, 'nul_character', 3, 'b'],
  [`${GOOD}5,6,"1\0"\n`, 'nul_character', 3, 'Outcome'],
  ['a,b\0,Outcome\n1,2,0\n', 'nul_character', 0, '2'],
  [`${GOOD}5,${'9'.repeat(65_537)},1\n`, 'cell_too_long', 3, 'b'],
  [`${Array.from({ length: 1_001 }, (_, i) => `c${i}`).join()}\n1\n`, 'too_many_columns', 0],
  [`${GOOD},6,1\n`, 'missing_value', 3, 'a'],
  [`${GOOD}5,"",1\n`, 'missing_value', 3, 'b'],
  [`${GOOD}5,inf,1\n`, 'infinite_value', 3, 'b'],
  [`${GOOD}5,-Infinity,1\n`, 'infinite_value', 3, 'b'],
  [`${GOOD}5,1e999,1\n`, 'infinite_value', 3, 'b'],
  [`${GOOD}5,6,\n`, 'missing_label', 3, 'Outcome'],
  [`${GOOD}5,6,yes\n7,8,NA\n`, 'missing_label', 4, 'Outcome'],
  ['a,b,Outcome\n1,2,0\n3,4,0\n', 'one_class', undefined, 'Outcome'],
  ['a,b,Outcome\n1,2,True\n3,4,true\n', 'one_class', undefined, 'Outcome'],
  [`${GOOD}5,6,0.25\n`, 'continuous_target', 3, 'Outcome'],
  [
    `a,Outcome\n${Array.from({ length: 30 }, (_, i) => `1,${i}\n`).join('')}`,
    'continuous_target',
    undefined,
    'Outcome',
  ],
  ...MISSING.map((text): Fault => [`${GOOD}5,${text},1\n`, 'missing_value', 3, 'b']),
  ...NO_NUMBERS.map((text): Fault => [`${GOOD}5,${text},1\n`, 'not_a_number', 3, 'b']),
];

const WRITINGS: readonly Writing[] = DELIMITERS.flatMap((delimiter) =>
  (['\n', '\r\n', '\r'] as const).flatMap((newline) => {
    const style = { delimiter, newlines: [newline], gzip: false };
    return [
      { ...style, encoding: 'utf-8', bom: false },
      { ...style, encoding: 'utf-8', bom: true, gzip: true },
      { ...style, encoding: 'utf-16le', bom: true },
      { ...style, encoding: 'utf-16be', bom: true },
    ] as const;
  }),
);

function written([text, code, row, column]: Fault): BadFile[] {
  return WRITINGS.map((writing) => {
    const own = text.replaceAll(',', writing.delimiter).replaceAll('\n', writing.newlines[0] as string);
    const plain = encode(own, writing);
    return {
      name: `${JSON.stringify(own.slice(0, 80))} as ${JSON.stringify(writing)}`,
      bytes: writing.gzip ? gzipSync(plain) : plain,
      error: { kind: 'DataError', code, row, column },
    };
  });
}

/** Invalid bytes: the encoding, the text before them, the bytes, and their position. */
const BAD_BYTES: readonly (readonly [Pick<Writing, 'encoding' | 'bom'>, string, string, number, string])[] = [
  ...['ff', 'c3', 'c328', 'e28228', 'eda080', 'f5808080', 'c080', '80', 'ef41', 'f09f8c'].map(
    (bad) => [{ encoding: 'utf-8', bom: true }, `${GOOD}5,`, bad, 3, 'b'] as const,
  ),
  [{ encoding: 'utf-8', bom: true }, 'a,', 'ff', 0, '2'],
  [{ encoding: 'utf-8', bom: true }, `${GOOD}5,"6\n`, 'ff', 3, 'b'],
  [{ encoding: 'utf-8', bom: true }, `${GOOD}\r`, 'ff', 3, 'a'],
  [{ encoding: 'utf-8', bom: false }, `${GOOD}${'1,2,0\n'.repeat(20_000)}5,`, 'e4', 20_003, 'b'],
  [
    { encoding: 'utf-8', bom: false },
    `ä,b,Outcome\n${'1,2,0\n'.repeat(400_000)}5,6,`,
    'e4',
    400_001,
    'Outcome',
  ],
  [{ encoding: 'utf-16le', bom: true }, `${GOOD}5,`, '00d84100', 3, 'b'],
  [{ encoding: 'utf-16le', bom: true }, `${GOOD}5,`, '00dc', 3, 'b'],
  [{ encoding: 'utf-16le', bom: true }, `${GOOD}5,6,1`, '41', 3, 'Outcome'],
  [{ encoding: 'utf-16be', bom: true }, `${GOOD}5,`, 'd8000041', 3, 'b'],
  [{ encoding: 'utf-16be', bom: true }, `${GOOD}5,6,1`, '00', 3, 'Outcome'],
  ...['81', '8d', '8f', '90', '9d'].map(
    (bad) => [{ encoding: 'windows-1252', bom: false }, `é${GOOD}5,6,`, bad, 3, 'Outcome'] as const,
  ),
];

/** First bytes of content that is not a table. The rest is filled up. */
const OTHER_FORMATS: readonly string[] = [
  '\x89PNG\r\n\x1a\n\0\0\0\rIHDR',
  '\xff\xd8\xff\xe0\0\x10JFIF',
  'GIF89a',
  'GIF87a',
  'PK\x03\x04\x14\0\x06\0',
  'PK\x05\x06',
  '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
  '%PDF-1.7\n',
  'PAR1\x15\x04',
  'ARROW1\0\0',
  'SQLite format 3\0',
  '\x89HDF\r\n\x1a\n',
  '\x93NUMPY\x01\0',
  '\x80\x04\x95\0\0\0\0\0\0\0\x8c\x08builtins',
  'BZh91AY&SY',
  '\xfd7zXZ\0',
  '7z\xbc\xaf\x27\x1c',
  '\x28\xb5\x2f\xfd',
  'a\0,\0b\0\n\x001\0,\x002\0\n\0',
  '\0a\0,\0b\0\n\x001\0,\x002\0\n',
  '\0\0\0\0\0\0\0\0',
  '<!DOCTYPE html>\n<html>',
  '\n  <html lang="en">',
  '<?xml version="1.0"?>\n<rows>',
  '<!-- saved -->\n<table>',
  '<svg xmlns="x">',
  '{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n',
  '[{"a": 1}, {"a": 2}]',
  '[["a", "b"], [1, 2]]',
  '["a","b"]\n[1,2]\n',
  '[1, 2, 3]',
  '{}',
];

function otherFormat(start: string): BadFile[] {
  const bytes = Buffer.from(start, 'latin1');
  const error = { kind: 'NotATableError', code: 'not_a_table' } as const;
  return [
    { name: JSON.stringify(start), bytes, error },
    { name: `${JSON.stringify(start)} in gzip`, bytes: gzipSync(bytes), error },
  ];
}

const FOLDED = gzipSync(GOOD.repeat(50));
const corrupt = (name: string, bytes: Buffer): BadFile => ({
  name: `gzip ${name}`,
  bytes,
  error: { kind: 'DataError', code: 'corrupt_gzip' },
});
const CORRUPT_GZIP: readonly BadFile[] = [
  ...Array.from({ length: FOLDED.length - 2 }, (_, cut) =>
    corrupt(`cut to ${cut + 2} bytes`, FOLDED.subarray(0, cut + 2)),
  ),
  corrupt(
    'with a wrong checksum',
    Buffer.concat([FOLDED.subarray(0, -5), Buffer.from([~FOLDED.at(-5)!]), FOLDED.subarray(-4)]),
  ),
  corrupt('with text after it', Buffer.concat([FOLDED, Buffer.from('5,6,1\n')])),
  corrupt('whose second member is incomplete', Buffer.concat([FOLDED, FOLDED.subarray(0, 30)])),
];

export const BAD_FILES: readonly BadFile[] = [
  ...FAULTS.flatMap(written),
  ...BAD_BYTES.map(([style, text, bad, row, column]) => ({
    name: `${bad} after ${JSON.stringify(text.slice(-20))} in ${style.encoding}`,
    bytes: Buffer.concat([encode(text, style), Buffer.from(bad, 'hex')]),
    error: { kind: 'DataError', code: 'bad_encoding', row, column } as const,
  })),
  ...OTHER_FORMATS.flatMap(otherFormat),
  ...CORRUPT_GZIP,
];
