import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

type Fields = Readonly<Record<string, string>>;
interface Warning {
  readonly code: string;
  readonly message: string;
  readonly column?: string;
}
interface Outcome {
  readonly code?: string;
  readonly detail?: string;
  readonly warnings?: readonly Warning[];
  readonly data?: object;
}

const ROWS = 60;
const MODEL_CODES = ['undefined_metric', 'not_converged'];
const PROFILE_CODES = [
  'target_given_away',
  'too_many_categories',
  'empty_column',
  'not_a_number',
  'infinite_value',
];
const label = (i: number) => ((i * 7) % 11 > 4 ? 1 : 0);
const lines = (line: (i: number) => string, rows = ROWS) =>
  Array.from({ length: rows }, (_, i) => `${line(i)}\n`).join('');
const age = (i: number) => 20 + ((i * 5) % 31);
const bmi = (i: number) => `${18 + ((i * 7) % 20)}.${i % 10}`;
const plain = lines((i) => `${age(i)},${bmi(i)},${label(i)}`);
const PLAIN = `age,bmi,Outcome\n${plain}`;
const COMMA_SPACE = `age, work_class, weight, income\n${lines((i) => `${age(i)}, ${['Private', 'State-gov'][i % 2]}, ${100 + ((i * 11) % 40)}, ${label(i) ? '>50K' : '<=50K'}`)}`;
const BY_R = `"age" "town" "Outcome"\n${lines((i) => `"${i + 1}" ${age(i)} "${['Ulm', 'Bad Ems'][i % 2]}" ${label(i)}`)}`;

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

type Post = (bytes: Buffer, fields: Fields) => request.Test;
const before: Post = (bytes, fields) =>
  request(service.server).post('/train').field(fields).attach('train_file', bytes, 'data.csv');
const behind: Post = (bytes, fields) =>
  request(service.server).post('/train').attach('train_file', bytes, 'data.csv').field(fields);

/** The error of a response, or its warnings without those that only the other kind of request has. */
function outcomeOf(body: Outcome & { problem?: Outcome | null }): Outcome {
  const problem = body.problem ?? body;
  if (problem.code !== undefined) return { code: problem.code, detail: problem.detail ?? '' };
  const others = [...MODEL_CODES, ...PROFILE_CODES];
  return {
    warnings: body.warnings?.filter(({ code }) => !others.includes(code)) ?? [],
    data: body.data ?? {},
  };
}

/** Trains and runs dry, with the fields before and behind the file. All four must have the same outcome. */
async function send(file: string | Buffer, fields: Fields): Promise<Outcome> {
  const bytes = Buffer.from(file as string);
  const requests = [before, behind].flatMap((post) => [
    post(bytes, fields),
    post(bytes, { ...fields, dry_run: 'true' }),
  ]);
  const outcomes: Outcome[] = [];
  for (const one of requests) outcomes.push(outcomeOf((await one).body));
  const [{ data, ...trained }, ...others] = outcomes as [Outcome, ...Outcome[]];
  for (const { data: _, ...other } of others) expect(other).toEqual(trained);
  return { ...trained, ...(data && { data }) };
}

const codesOf = ({ warnings, code }: Outcome) => warnings?.map((one) => one.code) ?? code;

describe('a training and a dry run, with the fields before or behind the file, give the same warnings', () => {
  it.each<[string, string | Buffer, Fields, string[]]>([
    ['none for an ordinary file', PLAIN, {}, []],
    [
      'with the index of pandas',
      `,age,Outcome\n${lines((i) => `${i},${age(i)},${label(i)}`)}`,
      {},
      ['row_number_column'],
    ],
    [
      'with an ignored index',
      `,age,Outcome\n${lines((i) => `${i},${age(i)},${label(i)}`)}`,
      { ignore: 'Unnamed: 0' },
      [],
    ],
    [
      'with doubled names',
      `age,age,Outcome\n${lines((i) => `${age(i)},${i % 7},${label(i)}`)}`,
      {},
      ['renamed_column'],
    ],
    [
      'with a delimiter at the end of every line',
      PLAIN.replaceAll(',', ';').replaceAll('\n', ';\n'),
      {},
      ['empty_column_left_out'],
    ],
    ['with a line for Excel', `sep=;\n${PLAIN.replaceAll(',', ';')}`, {}, []],
    ['with Ctrl-Z at the end', `${PLAIN}\x1a`, {}, []],
    [
      'of Excel as UTF-16',
      Buffer.from(`\uFEFF${PLAIN.replaceAll(',', '\t').replaceAll('.', ',')}`, 'utf16le'),
      {},
      [],
    ],
    [
      'with decimal commas in quotes',
      `age,bmi,Outcome\n${lines((i) => `${age(i)},"${bmi(i).replace('.', ',')}",${label(i)}`)}`,
      {},
      [],
    ],
    [
      'with signs and units',
      `rate,income,term,Outcome\n${lines((i) => `${i % 9}.${i % 4}%,"$${10 + (i % 30)},000", ${[36, 60][i % 2]} months,${label(i)}`)}`,
      {},
      ['looks_like_numbers', 'looks_like_numbers', 'looks_like_numbers'],
    ],
    [
      "with a database's NULL",
      `age,bmi,Outcome\n${lines((i) => `${age(i)},${i % 9 ? bmi(i) : '\\N'},${label(i)}`)}`,
      { missing: 'drop' },
      ['dropped_rows'],
    ],
    [
      'with blanks for missing numbers',
      `age,bmi,Outcome\n${lines((i) => `${age(i)},${i % 9 ? bmi(i) : ' '},${label(i)}`)}`,
      { missing: 'median' },
      [],
    ],
    ['with rows without a value', `age,bmi,Outcome\n${plain}${',,\n'.repeat(3)}`, {}, ['empty_rows']],
    [
      'with categories that differ by case',
      `age,town,Outcome\n${lines((i) => `${age(i)},${['Ulm', 'ulm', 'Jena'][i % 3]},${label(i)}`)}`,
      {},
      ['similar_texts'],
    ],
    [
      'with many missing values',
      `age,gap,Outcome\n${lines((i) => `${age(i)},${i % 2 ? '' : i % 7},${label(i)}`)}`,
      { missing: 'mean' },
      ['many_missing'],
    ],
    [
      'with whole numbers above 2^53',
      `id,age,Outcome\n${lines((i) => `${2n ** 60n + 1_000n * BigInt(i)},${age(i)},${label(i)}`)}`,
      {},
      ['id_like_column'],
    ],
    ['without a header line', plain, {}, ['numbers_in_header']],
    [
      'without a header line, with texts',
      COMMA_SPACE.slice(COMMA_SPACE.indexOf('\n') + 1),
      {},
      ['no_header'],
    ],
    [
      'with blanks behind the commas',
      COMMA_SPACE,
      { target: 'income', positive: '<=50K', ignore: 'work_class,weight' },
      [],
    ],
    [
      'with a boolean column that begins late',
      `age,member,Outcome\n${lines((i) => `${age(i)},${i < 12_000 ? '' : ['True', 'False'][i % 2]},${label(i)}`, 13_000)}`,
      { missing: 'most_frequent' },
      ['many_missing'],
    ],
    [
      'with a feature in units of 1e-16',
      `flux,age,Outcome\n${lines((i) => `${(i % 9) + 1}.${i % 4}e-16,${age(i)},${label(i)}`)}`,
      {},
      ['constant_column'],
    ],
    ['with sep', PLAIN.replaceAll(',', '^'), { sep: '^' }, []],
    ['with sep for a tab', PLAIN.replaceAll(',', '\t'), { sep: '\\t' }, []],
    ['with sep for blanks', PLAIN.replaceAll(',', '  '), { sep: '\\s+' }, []],
    [
      'with decimal',
      `age;x;Outcome\n${lines((i) => `${age(i)};1,${100 + i};${label(i)}`)}`,
      { decimal: ',' },
      [],
    ],
    [
      'with thousands',
      `age;x;Outcome\n${lines((i) => `${age(i)};1,${100 + (i % 40)};${label(i)}`)}`,
      { thousands: ',' },
      [],
    ],
    [
      'with odd groups of digits',
      `age;x;Outcome\n${lines((i) => `${age(i)};1,${10 + (i % 40)};${label(i)}`)}`,
      { thousands: ',' },
      ['odd_digit_groups'],
    ],
    [
      'with na_values',
      `age,bmi,Outcome\n${lines((i) => `${age(i)},${i % 9 ? bmi(i) : '?'},${label(i)}`)}`,
      { na_values: '?', missing: 'mean' },
      [],
    ],
    [
      'with encoding',
      Buffer.from(
        `Größe,town,Outcome\n${lines((i) => `${age(i)},${['Köln', 'Ulm'][i % 2]},${label(i)}`)}`,
        'latin1',
      ),
      { encoding: 'latin-1' },
      [],
    ],
    [
      'in another encoding than UTF-8',
      Buffer.from(
        `Größe,town,Outcome\n${lines((i) => `${age(i)},${['Köln', 'Ulm'][i % 2]},${label(i)}`)}`,
        'latin1',
      ),
      {},
      ['assumed_cp1252'],
    ],
    [
      'with names that begin with a blank and a quote',
      `age, "b", Outcome\n${lines((i) => `${age(i)}, ${i % 7}, ${label(i)}`)}`,
      {},
      ['quote_behind_blank'],
    ],
  ])('%s', async (_name, file, fields, codes) => {
    expect(codesOf(await send(file, fields))).toEqual(codes);
  });

  it('says which range the scaler takes for constant', async () => {
    const file = `flux,age,Outcome\n${lines((i) => `${(i % 9) + 1}e-16,${age(i)},${label(i)}`)}`;
    const { warnings } = await send(file, {});
    expect(warnings?.[0]).toMatchObject({ column: 'flux' });
    expect(warnings?.[0]?.message).toMatch(/MinMaxScaler takes a column with so small a range for constant/);
  });

  it('folds a warning about many columns into one, which counts and names them', async () => {
    const names = Array.from({ length: 100 }, (_, j) => `sensor_${j}`);
    const row = (i: number) => names.map((_, j) => (i * 7 + j) % ROWS).join();
    const file = `${names.join()},Outcome\n${lines((i) => `${row(i)},${label(i)}`)}`;
    const { warnings } = await send(file, {});
    expect(warnings).toEqual([{ code: 'id_like_column', message: expect.any(String) }]);
    expect(warnings?.[0]?.message).toMatch(
      /^100 columns have this warning: "sensor_0", "sensor_1", "sensor_2" and 97 more\. Column "sensor_0" has a different value/,
    );
  });
});

describe('a training and a dry run, with the fields before or behind the file, give the same error', () => {
  it.each<[string, string | Buffer, Fields, string, RegExp]>([
    ['a title', `Loans of 2024\n${PLAIN}`, {}, 'ragged_row', /title line/],
    ['comments', `# by R\n# 2026\n${PLAIN}`, {}, 'ragged_row', /comment line/],
    ['a footer', `${PLAIN}(60 rows)\n`, {}, 'ragged_row', /footer/],
    [
      'two header lines',
      `age,bmi,Outcome\nyears,kg/m2,yes\n${plain}`,
      {},
      'not_a_number',
      /two header lines/,
    ],
    [
      'a second header line without a text for the target',
      `age,bmi,Outcome\nyears,kg/m2,\n${plain}`,
      {},
      'missing_label',
      /two header lines/,
    ],
    [
      "R's write.table with tabs",
      `age\tOutcome\n${lines((i) => `${i}\t${age(i)}\t${label(i)}`)}`,
      {},
      'ragged_row',
      /row\.names=FALSE/,
    ],
    ["R's write.table as it is by default", BY_R, {}, 'malformed_quote', /in sep .*row\.names=FALSE/],
    [
      "R's write.table as it is by default, with sep",
      BY_R,
      { sep: '\\s+' },
      'ragged_row',
      /row\.names=FALSE/,
    ],
    [
      "R's write.table without quotes",
      BY_R.replaceAll('"', '').replaceAll('Bad Ems', 'Ems'),
      {},
      'no_features',
      /sep/,
    ],
    [
      'numbers in doubt',
      `age;x;Outcome\n${lines((i) => `${age(i)};1,${100 + i};${label(i)}`)}`,
      {},
      'ambiguous_number',
      /decimal=, .*thousands=,/,
    ],
    [
      'question marks',
      `age,bmi,Outcome\n${lines((i) => `${age(i)},${i % 9 ? bmi(i) : '?'},${label(i)}`)}`,
      {},
      'not_a_number',
      /na_values=\?/,
    ],
    [
      'many amounts of money',
      `income,Outcome\n${lines((i) => `"$${100 + i},${100 + i}",${label(i)}`, 300)}`,
      {},
      'too_many_categories',
      /\$.*numbers/,
    ],
    [
      'the label None',
      `age,state\n${lines((i) => `${age(i)},${['None', 'Sleep Apnea', 'Insomnia'][i % 3]}`)}`,
      {},
      'missing_label',
      /"None".*20 of 60/,
    ],
    ['an unknown target', COMMA_SPACE, { target: 'Outcome' }, 'unknown_target', /income/],
    [
      'bytes of another encoding',
      Buffer.from(`a,Outcome\n1,0\n\xe4,1\n`, 'latin1'),
      { encoding: 'utf-8' },
      'bad_encoding',
      /encoding/,
    ],
  ])('%s', async (_name, file, fields, code, says) => {
    const outcome = await send(file, fields);
    expect(codesOf(outcome)).toEqual(code);
    expect(outcome.detail).toMatch(says);
  });
});
