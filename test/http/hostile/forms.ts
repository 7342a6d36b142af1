import {
  BOUNDARY,
  CSV,
  DRY,
  END,
  FIELD,
  field,
  file,
  HEAD,
  HOST,
  type Hostile,
  hostile,
  part,
  post,
} from './requests.ts';

const GOOD = file() + DRY;
const type = (value: string) => `Content-Type: ${value}\r\n`;
const named = (disposition: string) => part(`Content-Disposition: ${disposition}`, CSV);

const LONG_CSV = CSV + 'koala,1,1\n'.repeat(10_000);
const LONG = 'x'.repeat(3_000_000);
const long = (headers: string) =>
  `POST /train HTTP/1.1\r\n${headers}Content-Length: 300000000\r\n\r\n${LONG}`;

const BODIES: readonly Hostile[] = [
  hostile('an unread body', long(HEAD + type(`multipart/form-data; boundary=${BOUNDARY}`)), 413),
  hostile('a long body without a type', long(HEAD), 415),
  hostile('a long body without a token', long(HOST), 401),
  hostile(
    'a long body without its last chunk',
    `POST /train HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n2dc6c0\r\n${LONG}`,
    401,
  ),
  hostile('no type', post(GOOD + END, ''), 415),
  hostile('an empty type', post(GOOD + END, type('')), 415),
  hostile('a form of another kind', post('tol=1', type('application/x-www-form-urlencoded')), 415),
  hostile('JSON', post('{"__proto__":{"x":1}}', type('application/json')), 415),
  hostile('a bare table', post(CSV, type('text/csv')), 415),
  hostile('another multipart', post(GOOD + END, type(`multipart/mixed; boundary=${BOUNDARY}`)), 415),
  hostile('a very long type', post(GOOD + END, type('multipart/form-data;'.repeat(400))), [400, 415]),
  hostile('no boundary', post(GOOD + END, type('multipart/form-data')), 400),
  hostile('an empty boundary', post(GOOD + END, type('multipart/form-data; boundary=')), 400),
  hostile('an empty boundary in quotes', post(GOOD + END, type('multipart/form-data; boundary=""')), 400),
  hostile('another boundary', post(GOOD + END, type('multipart/form-data; boundary=other')), 400),
  hostile('a boundary in capitals', post(GOOD + END, type(`multipart/form-data; BOUNDARY=${BOUNDARY}`)), 200),
  hostile(
    'two boundaries',
    post(GOOD + END, type(`multipart/form-data; boundary=${BOUNDARY}; boundary=x`)),
    [200, 400],
  ),
  hostile(
    'a very long boundary',
    post(GOOD + END, type(`multipart/form-data; boundary=${'x'.repeat(10_000)}`)),
    400,
  ),
  hostile('a boundary of CR and LF', post(GOOD + END, type('multipart/form-data; boundary="\\r\\n"')), 400),
  hostile(
    'a body in gzip',
    post(GOOD + END, `${type(`multipart/form-data; boundary=${BOUNDARY}`)}Content-Encoding: gzip\r\n`),
    415,
  ),
  hostile(
    'a body in the coding identity',
    post(GOOD + END, `${type(`multipart/form-data; boundary=${BOUNDARY}`)}Content-Encoding: identity\r\n`),
    200,
  ),
  hostile('no body', post(''), 400),
  hostile('only an end', post(END), [400, 422]),
  hostile('no end', post(GOOD), 400),
  hostile('half an end', post(`${GOOD}--${BOUNDARY}`), 400),
  hostile('noise before', post(`noise\r\n${GOOD}${END}`), 200),
  hostile('noise after', post(`${GOOD}${END}noise`), 200),
  hostile('two ends', post(GOOD + END + END), 200),
  hostile('parts after the end', post(GOOD + END + field(FIELD, 'x') + END), 200),
  hostile('noise', post('\x00\xff'.repeat(5_000)), 400),
  hostile('lines that end in LF', post((GOOD + END).replaceAll('\r\n', '\n')), 400),
];

const PARTS: readonly Hostile[] = [
  hostile('no disposition', post(`${GOOD}${part('X: y', 'z')}${END}`), [200, 400]),
  hostile('no headers', post(`${GOOD}--${BOUNDARY}\r\n\r\nx\r\n${END}`), [200, 400]),
  hostile('a part that ends in its headers', post(`${GOOD}--${BOUNDARY}\r\nContent-Dispo`), 400),
  hostile(
    'another disposition',
    post(`${GOOD}${part('Content-Disposition: attachment; name="tol"', '1')}${END}`),
    [200, 400],
  ),
  hostile('no name', post(`${GOOD}${part('Content-Disposition: form-data', '1')}${END}`), [400, 422]),
  hostile('an empty name', post(GOOD + field('', '1') + END), [400, 422]),
  hostile('a file without a name', post(DRY + named('form-data; filename="a.csv"') + END), [400, 422]),
  hostile(
    'two names',
    post(`${GOOD}${part('Content-Disposition: form-data; name="tol"; name="C"', '1')}${END}`),
    [200, 400, 422],
  ),
  hostile(
    'two dispositions',
    post(
      `${GOOD}${part('Content-Disposition: form-data; name="tol"\r\nContent-Disposition: form-data; name="C"', '1')}${END}`,
    ),
    [200, 400, 422],
  ),
  hostile('very long headers', post(`${GOOD}${part(`X: ${'y'.repeat(100_000)}`, '1')}${END}`), 400),
  hostile(
    'thousands of headers',
    post(`${GOOD}${part('a: b\r\n'.repeat(3_000).trim(), '1')}${END}`),
    [200, 400],
  ),
  hostile(
    'a NUL in a header',
    post(`${GOOD}${part('Content-Disposition: form-data; name="a\0b"', '1')}${END}`),
    [400, 422],
  ),
  hostile(
    'a form within the form',
    post(
      part(
        `Content-Disposition: form-data; name="train_file"\r\nContent-Type: multipart/mixed; boundary=inner`,
        '--inner\r\nContent-Disposition: file; filename="a.csv"\r\n\r\na,b\r\n--inner--',
      ) +
        DRY +
        END,
    ),
    422,
  ),
  hostile(
    'a part in base64',
    post(
      DRY +
        part(
          'Content-Disposition: form-data; name="train_file"; filename="a.csv"\r\nContent-Transfer-Encoding: base64',
          'YSxiCjEsMAo=',
        ) +
        END,
    ),
    [200, 422],
  ),
  hostile(
    'a field in another charset',
    post(
      GOOD +
        part(
          'Content-Disposition: form-data; name="exp_name"\r\nContent-Type: text/plain; charset=utf-7',
          '+AGE-',
        ) +
        END,
    ),
    400,
  ),
  hostile(
    'a field in an unknown charset',
    post(
      GOOD +
        part(
          'Content-Disposition: form-data; name="exp_name"\r\nContent-Type: text/plain; charset=klingon',
          'x',
        ) +
        END,
    ),
    400,
  ),
  hostile(
    'a field in UTF-16',
    post(
      GOOD +
        part(
          'Content-Disposition: form-data; name="exp_name"\r\nContent-Type: text/plain; charset=utf-16le',
          'a\0\x1b\0',
        ) +
        END,
    ),
    [200, 422],
  ),
  hostile(
    'bytes that are not UTF-8',
    post(GOOD + field('exp_name', '\xff\xfe\xc0\x80\xed\xa0\x80') + END),
    200,
  ),
  hostile('a file as a field', post(DRY + field('train_file', CSV) + END), 200),
  hostile('a long file as a field', post(DRY + field('train_file', LONG_CSV) + END), 200),
  hostile('a file name as a field', post(DRY + field('train_file', 'data.csv') + END), 422),
  hostile('a long line as a field', post(DRY + field('train_file', 'x'.repeat(100_000)) + END), 422),
  hostile('bytes as a field', post(`${DRY}${field('train_file', '\x00\xff'.repeat(5_000))}${END}`), 415),
  hostile('an empty file as a field', post(DRY + field('train_file', '') + END), 422),
  hostile('two files as fields', post(DRY + field('train_file', CSV).repeat(2) + END), 422),
  hostile(
    'an empty part that ends without a CRLF',
    post(`${GOOD}--${BOUNDARY}\r\nContent-Disposition: form-data; name="tol"\r\n\r\n${END}`),
    200,
  ),
  hostile(
    'a header that is a boundary',
    post(
      `${GOOD}--${BOUNDARY}\r\n--${BOUNDARY}: x\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n${END}`,
    ),
    400,
  ),
  hostile(
    'blanks behind a boundary',
    post((GOOD + END).replaceAll(`${BOUNDARY}\r`, `${BOUNDARY} \t \r`)),
    200,
  ),
  hostile('letters behind a boundary', post((GOOD + END).replaceAll(`${BOUNDARY}\r`, `${BOUNDARY}x\r`)), 400),
  hostile(
    'boundaries that end in LF',
    post((GOOD + END).replaceAll(`\r\n--${BOUNDARY}`, `\n--${BOUNDARY}`)),
    400,
  ),
  hostile(
    'a form in a text field',
    post(
      GOOD +
        part(
          'Content-Disposition: form-data; name="tol"\r\nContent-Type: multipart/mixed; boundary=inner',
          '--inner\r\n\r\nx\r\n--inner--',
        ) +
        END,
    ),
    422,
  ),
  hostile('a table as a text', post(GOOD + field('target', CSV) + END), 422),
  hostile(
    'a text with a file name',
    post(GOOD + part('Content-Disposition: form-data; name="tol"; filename="tol"', '1') + END),
    200,
  ),
  hostile(
    'a long text with a file name',
    post(
      GOOD + part('Content-Disposition: form-data; name="tol"; filename="tol"', '1'.repeat(100_000)) + END,
    ),
    422,
  ),
  hostile(
    'bytes with a file name in a text field',
    post(GOOD + part('Content-Disposition: form-data; name="tol"; filename="tol"', '\x00\xff') + END),
    422,
  ),
  hostile(
    'an unknown field of bytes without a file name',
    post(
      GOOD +
        part('Content-Disposition: form-data; name="x"\r\nContent-Type: application/octet-stream', 'y') +
        END,
    ),
    422,
  ),
  hostile('two files', post(GOOD + file() + END), 422),
  hostile(
    'a file in another field',
    post(GOOD + named('form-data; name="other"; filename="b.csv"') + END),
    422,
  ),
  hostile('a file in a field', post(GOOD + named('form-data; name="exp_name"; filename="b.csv"') + END), 422),
  hostile(
    'a file in __proto__',
    post(DRY + named('form-data; name="__proto__"; filename="b.csv"') + END),
    422,
  ),
  hostile('101 fields', post(GOOD + field('tags', 'a=b').repeat(100) + END), 400),
  hostile('100 fields', post(GOOD + field('tags', 'a=b').repeat(99) + END), 200),
  hostile('10,000 fields', post(GOOD + field('a', 'b').repeat(10_000) + END), 400),
  hostile(
    'ten thousand empty parts',
    post(`${GOOD}${`--${BOUNDARY}\r\n\r\n\r\n`.repeat(10_000)}${END}`),
    [200, 400],
  ),
  hostile('a very long value', post(GOOD + field('exp_name', 'x'.repeat(100_000)) + END), 400),
  hostile('a very long name', post(GOOD + field('x'.repeat(10_000), '1') + END), 400),
];

export const FORMS: Readonly<Record<string, readonly Hostile[]>> = {
  bodies: BODIES,
  parts: PARTS,
};
