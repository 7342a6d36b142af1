import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundaryOf, FormRewriter } from '../../../src/http/upload/formRewriter.ts';

const FIELDS = {
  files: new Set(['train_file', 'test_file']),
  texts: new Set(['tol', 'tags', 'exp_name']),
  textBytesMax: 40,
};
const TABLE = 'a,b\n1,2\n';
const END = '--b--\r\n';
const DISPOSITION = 'Content-Disposition: form-data; name=';

/** One part as a client sends it, and as multer gets it. Each character is one byte. */
const part = (headers: string, content: string) => `--b\r\n${headers}\r\n\r\n${content}\r\n`;
const asFile = (content: string, fileName = 'data') =>
  part(`${DISPOSITION}"train_file"; filename="${fileName}"\r\nContent-Type: text/csv`, content);
const asText = (content: string, name = 'tol') => part(`${DISPOSITION}"${name}"`, content);

/** What the rewriter passes on if the form arrives in pieces of `size` bytes. */
function rewritten(form: string, size: number): string {
  const rewriter = new FormRewriter('b', FIELDS);
  const pieces: Buffer[] = [];
  for (let at = 0; at < form.length; at += size) {
    rewriter.write(Buffer.from(form.slice(at, at + size), 'latin1'), (bytes) => pieces.push(bytes));
  }
  rewriter.end();
  return Buffer.concat(pieces).toString('latin1');
}

function refusal(form: string, size: number): unknown {
  try {
    rewritten(form, size);
  } catch (error) {
    return error;
  }
  return 'taken';
}

const sizes = (form: string) => [...Array.from({ length: 40 }, (_, i) => i + 1), form.length];

describe('a form', () => {
  it.each<[string, string, string]>([
    [
      'a file with a name',
      part(`${DISPOSITION}"train_file"; filename="x.data"`, TABLE),
      asFile(TABLE, 'x.data'),
    ],
    [
      'a file with a path',
      part(`${DISPOSITION}train_file; filename="C:\\tmp\\x.csv"`, TABLE),
      asFile(TABLE, 'x.csv'),
    ],
    [
      'a file with quotes in its name',
      part(`${DISPOSITION}"train_file"; filename="a\\"b.csv"`, TABLE),
      asFile(TABLE, 'a%22b.csv'),
    ],
    [
      'a file with an encoded name',
      part(`${DISPOSITION}"train_file"; filename="x"; filename*=UTF-8''%C3%B6.csv`, TABLE),
      asFile(TABLE, '\xc3\xb6.csv'),
    ],
    ['a file with an empty name', part(`${DISPOSITION}"train_file"; filename=""`, TABLE), asFile(TABLE)],
    [
      'a file with a name of dots',
      part(`${DISPOSITION}"train_file"; filename="../.."`, TABLE),
      asFile(TABLE),
    ],
    [
      'a file with a type alone',
      part(`Content-Type: text/csv\r\n${DISPOSITION}"train_file"`, 'a'),
      asFile('a'),
    ],
    ['many lines', part(`${DISPOSITION}"train_file"`, TABLE), asFile(TABLE)],
    ['many lines that end in CR', part(`${DISPOSITION}"train_file"`, 'a,b\r1,2\r'), asFile('a,b\r1,2\r')],
    [
      'many lines as plain text',
      part(`${DISPOSITION}"train_file"\r\nContent-Type: text/plain`, TABLE),
      asFile(TABLE),
    ],
    ['one long line', part(`${DISPOSITION}"train_file"`, 'x'.repeat(41)), asFile('x'.repeat(41))],
    ['bytes', part(`${DISPOSITION}"train_file"`, '\x1f\x8b\x08'), asFile('\x1f\x8b\x08')],
    [
      'one line instead of a file',
      part(`${DISPOSITION}"train_file"`, 'x.csv\r\n'),
      asText('x.csv\r\n', 'train_file'),
    ],
    [
      'the name of a file with a name that a program has made up',
      part(`${DISPOSITION}"train_file"; filename="train_file"`, '/tmp/x.csv\n'),
      asText('/tmp/x.csv\n', 'train_file'),
    ],
    [
      'one line with a name that a program has made up',
      part(`${DISPOSITION}"train_file"; filename="upload"`, 'a,b'),
      asFile('a,b', 'upload'),
    ],
    ['an empty file of a pipe', part(`${DISPOSITION}"train_file"; filename="-"`, ''), asFile('', '-')],
    [
      'no file at all',
      part(`${DISPOSITION}"train_file"; filename=""\r\nContent-Type: application/octet-stream`, ''),
      asText('', 'train_file'),
    ],
    ['a text', asText('0.5'), asText('0.5')],
    ['an empty text', asText(''), asText('')],
    ['a long text', asText('x'.repeat(100)), asText('x'.repeat(100))],
    [
      'a text in a charset',
      part(`${DISPOSITION}"tol"\r\nContent-Type: text/plain; charset="UTF-16LE"`, '1\0'),
      part(`${DISPOSITION}"tol"\r\nContent-Type: text/plain; charset=UTF-16LE`, '1\0'),
    ],
    ['a text with a file name', part(`${DISPOSITION}"tol"; filename="tol"`, '0.5\n'), asText('0.5\n')],
    [
      'a text of bytes',
      part(`content-type:application/octet-stream\r\n${DISPOSITION}"tol"`, '0.5'),
      asText('0.5'),
    ],
    [
      'JSON from a file',
      part(`${DISPOSITION}"tags"; filename="tags.json"`, '{\n"a": 1\n}'),
      asText('{\n"a": 1\n}', 'tags'),
    ],
    [
      'a header on two lines',
      part(`Content-Disposition: form-data;\r\n\tname="tol"; filename="x"`, '1'),
      asText('1'),
    ],
    ['a semicolon too many', part(`${DISPOSITION}"tol";`, '1'), asText('1')],
    [
      'an unknown field',
      part(`${DISPOSITION}"x"; a`.replace('; a', ''), '1'),
      part(`${DISPOSITION}"x"`, '1'),
    ],
    [
      'a file in an unknown field',
      part(`${DISPOSITION}"x"; filename="x.csv"`, TABLE),
      part(`${DISPOSITION}"x"; filename="x.csv"`, TABLE),
    ],
    ['text before the form', `text\r\n${asText('1')}`, asText('1')],
    ['text behind the form', `${asText('1')}${END}text`, asText('1')],
    ['blanks behind a boundary', asText('1').replace('--b', '--b \t'), asText('1')],
    ['an empty part without a CRLF of its own', `--b\r\n${DISPOSITION}"tol"\r\n\r\n`, asText('')],
    [
      'beginnings of boundaries',
      asFile('\r\n--\r\r\n-\r\n--a--b\r\n\r\n-', 'a.csv'),
      asFile('\r\n--\r\r\n-\r\n--a--b\r\n\r\n-', 'a.csv'),
    ],
    ['a boundary behind LF in a file', asFile('1\n--b\n2', 'a.csv'), asFile('1\n--b\n2', 'a.csv')],
  ])('is passed on in pieces of any size: %s', (_name, sent, got) => {
    const form = sent + END + asText('9');
    for (const size of sizes(form)) expect(rewritten(form, size), `${size}`).toBe(`\r\n${got}${END}`);
  });

  it.each<[string, string, object]>([
    [
      'lines that end in LF',
      (asText('1') + END).replaceAll('\r', ''),
      { status: 400, message: expect.stringMatching(/end in LF alone/) },
    ],
    [
      'headers that end in LF',
      `--b\r\n${DISPOSITION}"tol"\n\n1\r\n${END}`,
      { status: 400, message: expect.stringMatching(/end in LF alone/) },
    ],
    [
      'a last boundary behind LF',
      `${asText('1').slice(0, -2)}\n${END}`,
      { status: 400, message: expect.stringMatching(/end in LF alone/) },
    ],
    [
      'text and lines that end in LF',
      `text\n${(asText('1') + END).replaceAll('\r', '')}`,
      { status: 400, message: expect.stringMatching(/end in LF alone/) },
    ],
    [
      'letters behind a boundary',
      asText('1').replace('--b', '--bc'),
      { status: 400, message: expect.stringMatching(/followed by other characters/) },
    ],
    [
      'one dash behind a boundary',
      asText('1').replace('--b', '--b-'),
      { status: 400, message: expect.stringMatching(/followed by other characters/) },
    ],
    ['a boundary as a header', part(`--b: x\r\n${DISPOSITION}"x"`, '1') + END, { status: 400 }],
    [
      'no disposition',
      part('X: y', '1') + END,
      { status: 400, message: expect.stringMatching(/malformed header/) },
    ],
    ['no headers', `--b\r\n\r\n1\r\n${asText('1')}${END}`, { status: 400 }],
    [
      'a disposition of mail',
      part('Content-Disposition: attachment; name="tol"', '1') + END,
      { status: 400 },
    ],
    ['a quote too many', part(`${DISPOSITION}"tol"" `, '1') + END, { status: 400 }],
    ['a NUL in a header', part(`${DISPOSITION}"t\0l"`, '1') + END, { status: 400 }],
    [
      'headers without an end',
      `--b\r\nX: ${'x'.repeat(17_000)}`,
      { status: 400, message: expect.stringMatching(/more than 16384 bytes/) },
    ],
    [
      'a form in a text',
      part(`${DISPOSITION}"tol"\r\nContent-Type: multipart/mixed; boundary=c`, '') + END,
      { code: 'nested_form', message: expect.stringMatching(/--form-string/) },
    ],
    [
      'several files in a part',
      part(`${DISPOSITION}"train_file"\r\nContent-Type: Multipart/Mixed; boundary=c`, '') + END,
      { code: 'nested_form', message: expect.stringMatching(/send one file/) },
    ],
    [
      'base64',
      part(`${DISPOSITION}"train_file"; filename="a.csv"\r\nContent-Transfer-Encoding: BASE64`, '') + END,
      { code: 'encoded_part' },
    ],
    [
      'a table with a name in a text',
      part(`${DISPOSITION}"exp_name"; filename="a.csv"`, TABLE) + END,
      { code: 'unexpected_file', details: { field: 'exp_name' } },
    ],
    [
      'a long file in a text',
      part(`${DISPOSITION}"exp_name"; filename="a.csv"`, 'x'.repeat(41)) + END,
      { code: 'unexpected_file' },
    ],
    ['bytes in a text', part(`${DISPOSITION}"tol"; filename="a"`, '\xff') + END, { code: 'unexpected_file' }],
    [
      'a table with a type in an unknown field',
      part(`${DISPOSITION}"x"\r\nContent-Type: text/csv`, TABLE) + END,
      { code: 'unexpected_file', details: { field: 'x' } },
    ],
  ])('is rejected in pieces of any size: %s', (_name, form, error) => {
    for (const size of sizes(form)) expect(refusal(form, size), `${size}`).toMatchObject(error);
  });

  it('passes on each content as it is, however it is cut', () => {
    const bits = fc.constantFrom('\r', '\n', '\r\n', '-', '--', '--b', '\r\n--', 'b', '\r\n--B', 'x', '\0');
    const content = fc
      .array(bits, { maxLength: 40 })
      .map((all) => all.join(''))
      .filter((text) => !`\r\n${text}`.includes('\r\n--b') && !text.endsWith('\r\n--'));
    fc.assert(
      fc.property(
        fc.array(content, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 30 }),
        (all, size) => {
          const parts = all.map((text) => asFile(text, 'a.csv')).join('');
          expect(rewritten(parts + END, size)).toBe(`\r\n${parts}${END}`);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('holds back a text at most as long as a field', () => {
    const rewriter = new FormRewriter('b', FIELDS);
    const pieces: string[] = [];
    const write = (text: string) =>
      rewriter.write(Buffer.from(text), (bytes) => pieces.push(bytes.toString()));
    write(`--b\r\n${DISPOSITION}"train_file"\r\n\r\n${'x'.repeat(40)}`);
    expect(pieces).toEqual([]);
    write('x');
    expect(pieces.join('')).toContain('x'.repeat(41));
    // Bytes of a file are passed on as they come.
    write('1');
    expect(pieces.at(-1)).toBe('1');
  });
});

describe('boundaryOf', () => {
  it.each([
    ['multipart/form-data; boundary=b', 'b'],
    ['multipart/form-data;boundary="a b"', 'a b'],
    ['multipart/form-data; charset=utf-8; BOUNDARY = "a\\"b"; x=y', 'a"b'],
    ['multipart/form-data; boundary=a; boundary=b', 'a'],
    ['multipart/form-data', undefined],
    ['multipart/form-data; boundary=', undefined],
    ['multipart/form-data; boundary=""', undefined],
  ])('of %s is %s', (type, boundary) => {
    expect(boundaryOf(type)).toBe(boundary);
  });
});
