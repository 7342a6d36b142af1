import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TABLE_LIMITS, type TableLimits } from '../../../../src/data/tableLimits.ts';
import { FilePrediction } from '../../../../src/engine/local/predict/filePrediction.ts';
import { TrainpostError, toData } from '../../../../src/errors.ts';
import type { FilePredictionSpec } from '../../../../src/values/filePrediction.ts';
import { readyModel } from '../../../http/scoring/model.ts';

const MODELS = {
  two: readyModel().model.description,
  three: readyModel('numbers and text, three classes, imputed by median').model.description,
  strict: readyModel('numbers and text, nothing missing').model.description,
};
type Options = Omit<FilePredictionSpec, 'model'>;
const PLAIN: Options = { explain: false, marksBad: false };

/** The answer to a file that arrives in pieces; or the error. */
function answer(
  bytes: Uint8Array,
  model: FilePredictionSpec['model'],
  options: Options,
  { cuts = [], limits = {} }: { cuts?: readonly number[]; limits?: Partial<TableLimits> } = {},
) {
  const ends = [...cuts.map((share) => Math.floor(share * bytes.length)), bytes.length].sort((a, b) => a - b);
  try {
    const prediction = new FilePrediction(bytes, { model, ...options }, { ...TABLE_LIMITS, ...limits });
    const parts = ends.map((end, at) => prediction.push(bytes.subarray(at === 0 ? 0 : ends[at - 1], end)));
    parts.push(prediction.end());
    return {
      text: Buffer.concat(parts.map((part) => part.bytes)).toString(),
      rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    };
  } catch (error) {
    if (!(error instanceof TrainpostError)) throw error;
    return toData(error);
  }
}

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

const NUMBERS = ['0', '7', '-0', '007', '1.0', '2.75', '1e2', '+5', ' 5', '123456789012345678', '.5', '-3'];
const MISSING = ['', 'NA', 'nan', '\\N', ' '];
const BAD = ['x', 'inf', '1,5', '0x10', 'true'];
const TEXTS = [
  'oslo',
  'pro',
  'plus',
  'basic',
  'Ærø',
  'a text of more than thirty-two characters, which is not kept',
];
const QUOTED = ['"oslo"', '"a, b"', '"two\nlines"', '"a ""b"""'];

/** Cells, most of them plain, so that most rows have a prediction. */
const cell = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 20, arbitrary: fc.constantFrom(...TEXTS.slice(0, 5)) },
  { weight: 4, arbitrary: fc.constantFrom(...MISSING) },
  { weight: 2, arbitrary: fc.constantFrom(...BAD) },
  { weight: 1, arbitrary: fc.constantFrom(...QUOTED) },
);
const numeric = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 4, arbitrary: fc.constantFrom(...MISSING) },
  { weight: 1, arbitrary: fc.constantFrom(...BAD, ...QUOTED) },
);
const textual = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...TEXTS.slice(0, 5)) },
  { weight: 4, arbitrary: fc.constantFrom(...MISSING) },
  { weight: 1, arbitrary: fc.constantFrom(...QUOTED) },
);

function files({ features }: FilePredictionSpec['model']) {
  const columns = [
    { name: 'id', cells: cell },
    ...features.map(({ name, type }) => ({ name, cells: type === 'string' ? textual : numeric })),
    { name: 'note', cells: cell },
  ];
  const row = fc.tuple(...columns.map(({ cells }) => cells)).map((cells) => cells.join(','));
  const line = fc.oneof(
    { weight: 60, arbitrary: row },
    { weight: 2, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: fc.constant('1,2,3') },
  );
  const header = columns.map(({ name }) => name).join(',');
  return fc
    .tuple(fc.array(line, { maxLength: 40 }), fc.constantFrom('\n', '\r\n'))
    .map(([lines, newline]) => [header, ...lines].join(newline));
}

describe('FilePrediction', () => {
  it.each(Object.entries(MODELS))(
    'answers plain rows as it answers rows that are read as text: %s',
    (_name, model) => {
      const share = fc.double({ min: 0, max: 1, noNaN: true });
      const drawn = fc.record({
        text: files(model),
        cuts: fc.array(share, { maxLength: 5 }),
        others: fc.array(share, { maxLength: 5 }),
        explain: fc.boolean(),
        marksBad: fc.boolean(),
      });
      let whole = 0;
      fc.assert(
        fc.property(drawn, ({ text, cuts, others, ...options }) => {
          const got = answer(Buffer.from(text), model, options, { cuts });
          if ('text' in got) whole++;
          expect(got).toEqual(answer(utf16(text), model, options, { cuts: others }));
        }),
        { numRuns: 300 },
      );
      expect(whole).toBeGreaterThan(30);
    },
  );

  const HEADER = 'id,age,city,net income,plan';
  const rows = (count: number, row: (at: number) => string) =>
    `${[HEADER, ...Array.from({ length: count }, (_, at) => row(at))].join('\n')}\n`;

  it.each<[string, string]>([
    ['many rows', rows(60_000, (at) => `${at},${at % 70},oslo,${at / 3},pro`)],
    ['more texts than are kept', rows(30_000, (at) => `n,1,city ${at % 25_000},${at},pro`)],
    ['long texts', rows(3_000, (at) => `${'x'.repeat(at)},1,oslo,2,pro`)],
    ['blank lines between rows', rows(20_000, (at) => `${at},1,oslo,2,pro\n`)],
    ['quotes from some row on', rows(30_000, (at) => `${at < 20_000 ? at : `"${at}"`},1,oslo,2,pro`)],
    ['line ends inside of quotes', rows(30_000, (at) => `"${at}\n",1,oslo,2,pro`)],
    ['CR alone as line end', rows(30_000, (at) => `${at},1,oslo,2,pro`).replaceAll('\n', '\r')],
  ])('answers a file of several pieces: %s', (_name, text) => {
    const cuts = [0.2, 0.21, 0.5, 0.9];
    const got = answer(Buffer.from(text), MODELS.two, PLAIN, { cuts });
    expect(got).toMatchObject({ rows: expect.any(Number) });
    const expected = answer(utf16(text), MODELS.two, PLAIN, { cuts });
    // A difference of such texts takes minutes to print.
    expect(JSON.stringify(got) === JSON.stringify(expected)).toBe(true);
  });

  it.each<[string, string, object]>([
    [
      'a bad cell',
      rows(40_000, (at) => `${at},${at === 33_333 ? 'x' : 1},oslo,2,pro`),
      { code: 'wrong_value', row: 33_334 },
    ],
    [
      'an infinite number before a bad cell',
      rows(9_000, (at) => `${at},${['1', 'inf', 'x'][Math.max(0, at - 8_000)] ?? 1},oslo,2,pro`),
      { code: 'cannot_be_predicted', row: 8_002 },
    ],
    [
      'a row that is too short',
      rows(40_000, (at) => (at === 30_000 ? '1' : `${at},1,oslo,2,pro`)),
      { code: 'ragged_row', row: 30_001 },
    ],
    [
      'a bad cell before a row that is too short',
      rows(100, (at) => (at === 99 ? '1' : `${at},${at === 98 ? 'x' : 1},oslo,2,pro`)),
      { code: 'wrong_value', row: 99 },
    ],
  ])(
    'names the row of the first fault: %s',
    (_name, text, { code, row }: { code?: string; row?: number }) => {
      for (const bytes of [Buffer.from(text), utf16(text)]) {
        for (const cuts of [[], [0.3, 0.75, 0.999]]) {
          expect(answer(bytes, MODELS.two, PLAIN, { cuts })).toMatchObject({ code, details: { row } });
        }
      }
    },
  );

  it('rejects more rows than are allowed', () => {
    const text = rows(10, (at) => `${at},1,oslo,2,pro`);
    expect(answer(Buffer.from(text), MODELS.two, PLAIN, { limits: { rows: 9 } })).toMatchObject({
      code: 'too_many_rows',
      details: { row: 10 },
    });
  });

  it('predicts two files in turns', () => {
    const texts = [
      rows(20_000, (at) => `${at},1,oslo,2,pro`),
      rows(20_000, (at) => `${at},3,paris,4.5,plus`),
    ];
    const expected = texts.map((text) => answer(Buffer.from(text), MODELS.two, PLAIN));
    const files = texts.map((text) => ({
      bytes: Buffer.from(text),
      prediction: new FilePrediction(Buffer.from(text), { model: MODELS.two, ...PLAIN }, TABLE_LIMITS),
      parts: [] as Uint8Array[],
    }));
    const step = 100_001;
    for (let from = 0; from < 1_000_000; from += step) {
      for (const { bytes, prediction, parts } of files)
        parts.push(prediction.push(bytes.subarray(from, from + step)).bytes);
    }
    const got = files.map(({ prediction, parts }) => [...parts, prediction.end().bytes]);
    expect(got.map((parts) => Buffer.concat(parts).toString())).toEqual(
      expected.map((one) => ('text' in one ? one.text : one)),
    );
  });
});
