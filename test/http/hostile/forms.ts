import {
  BOUNDARY,
  CSV,
  DRY,
  END,
  FIELD,
  field,
  file,
  type Hostile,
  hostile,
  part,
  post,
  utf8,
} from './requests.ts';

const GOOD = file() + DRY;
const type = (value: string) => `Content-Type: ${value}\r\n`;
const named = (disposition: string) => part(`Content-Disposition: ${disposition}`, CSV);

const BODIES: readonly Hostile[] = [
  hostile('no type', post(GOOD + END, ''), 415),
  hostile('an empty type', post(GOOD + END, type('')), 415),
  hostile('a form of another kind', post('tol=1', type('application/x-www-form-urlencoded')), 415),
  hostile('JSON', post('{"__proto__":{"x":1}}', type('application/json')), 415),
  hostile('a table as it is', post(CSV, type('text/csv')), 415),
  hostile('another multipart', post(GOOD + END, type(`multipart/mixed; boundary=${BOUNDARY}`)), 415),
  hostile('a type without end', post(GOOD + END, type('multipart/form-data;'.repeat(400))), [400, 415]),
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
    'a boundary without end',
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
    'a body in nothing',
    post(GOOD + END, `${type(`multipart/form-data; boundary=${BOUNDARY}`)}Content-Encoding: identity\r\n`),
    200,
  ),
  hostile('no body', post(''), 400),
  hostile('nothing but an end', post(END), [400, 422]),
  hostile('no end', post(GOOD), 400),
  hostile('half an end', post(`${GOOD}--${BOUNDARY}`), 400),
  hostile('noise before', post(`noise\r\n${GOOD}${END}`), 200),
  hostile('noise behind', post(`${GOOD}${END}noise`), 200),
  hostile('two ends', post(GOOD + END + END), 200),
  hostile('parts behind the end', post(GOOD + END + field(FIELD, 'x') + END), 200),
  hostile('noise', post('\x00\xff'.repeat(5_000)), 400),
  hostile('lines that end in LF', post((GOOD + END).replaceAll('\r\n', '\n')), 400),
];

const PARTS: readonly Hostile[] = [
  hostile('no disposition', post(`${GOOD}${part('X: y', 'z')}${END}`), [200, 400]),
  hostile('no headers', post(`${GOOD}--${BOUNDARY}\r\n\r\nx\r\n${END}`), [200, 400]),
  hostile('a part that breaks off in its headers', post(`${GOOD}--${BOUNDARY}\r\nContent-Dispo`), 400),
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
  hostile('headers without end', post(`${GOOD}${part(`X: ${'y'.repeat(100_000)}`, '1')}${END}`), 400),
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
    'a field in no charset',
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
    'bytes that are no UTF-8',
    post(GOOD + field('exp_name', '\xff\xfe\xc0\x80\xed\xa0\x80') + END),
    200,
  ),
  hostile('a file as a field', post(DRY + field('train_file', CSV) + END), 422),
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
  hostile('a hundred and one fields', post(GOOD + field('tags', 'a=b').repeat(100) + END), 400),
  hostile('a hundred fields', post(GOOD + field('tags', 'a=b').repeat(99) + END), 200),
  hostile('ten thousand fields', post(GOOD + field('a', 'b').repeat(10_000) + END), 400),
  hostile(
    'ten thousand parts of nothing',
    post(`${GOOD}${`--${BOUNDARY}\r\n\r\n\r\n`.repeat(10_000)}${END}`),
    [200, 400],
  ),
  hostile('a value without end', post(GOOD + field('exp_name', 'x'.repeat(100_000)) + END), 400),
  hostile('a name without end', post(GOOD + field('x'.repeat(10_000), '1') + END), 400),
];

const FIELD_NAMES: readonly Hostile[] = [
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'valueOf',
  '__defineGetter__',
  '__proto__[x]',
  'constructor[prototype][x]',
  'tags[__proto__]',
  'a[b]',
  'tags[]',
  'tags[0]',
  'tags[999999999]',
  'tags[-1]',
  'tags[1e9]',
  '[',
  ']',
  '[]',
  '[0]',
  'tags[',
  'tags]',
  'tags[a',
  '[tags]',
  'tags[[]]',
  'tags[a][b][c]',
  'tags.0',
  'a%5Bb%5D',
  '%0d%0aX: y',
  '%22',
  'tol ',
  ' tol',
  'TOL',
  't\xc3\xb6l',
  '\xff',
  '\x1b[31m',
  'a'.repeat(64),
  'a'.repeat(65),
  '../../etc/passwd',
  'http://evil.example',
  `a${'[b]'.repeat(20)}`,
  `a${'[9]'.repeat(20)}`,
].map((name) => hostile(`the field ${name.slice(0, 30)}`, post(GOOD + field(name, FIELD) + END), [400, 422]));

/** Names of files, as bytes between quotes; the service takes what it can make a name of its own of. */
const FILE_NAMES: readonly Hostile[] = [
  ['../../../../etc/cron.d/x.csv', 200],
  ['..\\\\..\\\\windows\\\\x.csv', 200],
  ['/etc/passwd.csv', 200],
  ['C:\\\\temp\\\\x.csv', 200],
  ['\\\\\\\\evil.example\\\\share\\\\x.csv', 200],
  ['http://evil.example/x.csv', 200],
  ['file:///etc/passwd.csv', 200],
  ['..csv', 200],
  ['.csv', 200],
  ['...csv', 200],
  ['%2e%2e%2fx.csv', 200],
  ['%00.csv', 200],
  ['a\0b.csv', [200, 400]],
  ['x.csv\0.png', [200, 400, 415]],
  ['x.csv%00.png', 415],
  ['x.png', 415],
  ['x.csv.exe', 415],
  ['x', 415],
  ['..', [415, 422]],
  ['.', [415, 422]],
  ['/', [415, 422]],
  ['', 422],
  ['%0d%0aX: y.csv', 200],
  ['%22; rm -rf ~ #.csv', 200],
  ['$(touch x).csv', 200],
  ['`id`.csv', 200],
  ['-rf.csv', 200],
  ['CON.csv', 200],
  ['nul.csv', 200],
  ['\xff\xfe.csv', 200],
  ['\x1b[31m.csv', [200, 400]],
  [utf8('\u202egnp.csv'), 200],
  [utf8('💥.csv'), 200],
  [`${'x'.repeat(1_000)}.csv`, 200],
  [`${'x'.repeat(15_000)}.csv`, [200, 400]],
  [`${'../'.repeat(300)}x.csv`, 200],
].map(([name, status]) =>
  hostile(
    `the file ${String(name).slice(0, 30)}`,
    post(file(CSV, String(name)) + DRY + END),
    status as number,
  ),
);

const FILE_NAME_FORMS: readonly Hostile[] = [
  ["filename*=UTF-8''a.csv", 200],
  ["filename*=UTF-8''%2e%2e%2f%2e%2e%2fa.csv", 200],
  ["filename*=UTF-8''a%00b.csv", [200, 400]],
  ["filename*=UTF-8''%ff%fe.csv", [200, 422]],
  ["filename*=utf-16''a.csv", [200, 422]],
  ["filename*=klingon''a.csv", [200, 422]],
  ["filename*=UTF-8'a.csv", [200, 415, 422]],
  ['filename*=', [400, 422]],
  ['filename="a.png"; filename*=UTF-8\'\'a.csv', 200],
  ['filename*=UTF-8\'\'a.csv; filename="a.png"', 200],
  ['filename*0="a"; filename*1=".csv"', [400, 422]],
  ['filename=a.csv', 200],
  ['filename=a b.csv', [200, 400, 415, 422]],
  ['filename="a.csv', [400, 422]],
  ['filename="a.csv"; filename="b.png"', [200, 415]],
  ['FILENAME="a.csv"', 200],
].map(([text, status]) =>
  hostile(
    `the file by ${text}`,
    post(named(`form-data; name="train_file"; ${text}`) + DRY + END),
    status as number,
  ),
);

const VALUES: readonly Hostile[] = [
  ['tol', 'NaN', 422],
  ['tol', '1e999', 422],
  ['tol', '0x10', 422],
  ['tol', '1,5', 422],
  ['tol', '1'.repeat(4_000), 422],
  ['iterations', '1e9', 422],
  ['iterations', '-1', 422],
  ['iterations', '9'.repeat(4_000), 422],
  ['random_state', '4294967296', 422],
  ['test_size', '1e308', 422],
  ['test_size', '9007199254740993', 422],
  ['target', '__proto__', 200],
  ['target', 'constructor', 200],
  ['positive', '__proto__', 200],
  ['ignore', '__proto__', 200],
  ['solver', '__proto__', 422],
  ['missing', 'constructor', 422],
  ['dry_run', 'maybe', 422],
  ['model_name', '../../x', 422],
  ['model_name', '..', 422],
  ['model_name', 'http://evil.example', 422],
  ['model_name', '/etc/passwd', 422],
  ['model_name', 'a%2fb', 422],
  ['registered_model', '../x', 422],
  ['alias', '../x', 422],
  ['tags', '../x=y', 422],
  ['tags', '/etc=y', 422],
  ['tags', 'mlflow.source.name=x', 422],
  ['tags', '{"mlflow.user":"x"}', 422],
  ['tags', '{', 422],
  ['tags', '{"a":{"b":"c"}}', 422],
  ['tags', '{"__proto__":"x"}', 200],
  ['tags', `{"a":${'['.repeat(2_000)}`, 422],
  ['run_name', 'a\x00b', 422],
  ['run_name', 'a\r\nb', 422],
  ['exp_name', '\x1b]0;x\x07', 422],
  ['exp_name', '../../x', 200],
  ['exp_name', 'http://169.254.169.254/latest', 200],
  ['exp_name', "'; DROP TABLE runs; --", 200],
].map(([name, value, status]) =>
  hostile(
    `${name}=${String(value).slice(0, 30)}`,
    post(file() + (name === 'dry_run' ? '' : DRY) + field(String(name), String(value)) + END),
    status as number,
  ),
);

export const FORMS: Readonly<Record<string, readonly Hostile[]>> = {
  bodies: BODIES,
  parts: PARTS,
  'field names': FIELD_NAMES,
  'file names': [...FILE_NAMES, ...FILE_NAME_FORMS],
  values: VALUES,
};
