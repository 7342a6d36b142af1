import { describe, expect, it } from 'vitest';
import type { TrainpostError } from '../../../src/errors.ts';
import { type FormBody, parseFields } from '../../../src/training/fields/parse.ts';
import { fingerprintOf, paramsOf } from '../../../src/training/fields/use.ts';

/** The fields of a request as one flat object. Earlier versions made fingerprints from it, so it must not change. */
const DEFAULTS = {
  C: 1,
  maxIter: 100,
  experimentName: 'Default',
  ignore: [],
  testSize: 0.3,
  randomState: 123,
  stratify: false,
  solver: 'lbfgs',
  solverTol: 1e-4,
  classWeight: null,
  missing: 'error',
  dryRun: false,
  tags: {},
};
const errorOf = (body: FormBody, hasTestFile = false): TrainpostError => {
  try {
    parseFields(body, hasTestFile);
  } catch (error) {
    return error as TrainpostError;
  }
  throw new Error('nothing was thrown');
};

describe('parseFields', () => {
  it.each<[string, FormBody, object]>([
    ['nothing', {}, {}],
    ['empty fields', { tol: '', iterations: ' ', target: '', tags: ['', ''] }, {}],
    [
      "the original's fields",
      { tol: '0.5', iterations: '50', exp_name: 'Diabetes' },
      { C: 0.5, maxIter: 50, experimentName: 'Diabetes' },
    ],
    ["Python's ways of writing a number", { tol: ' 1e-3 ', iterations: ' 7 ' }, { C: 0.001, maxIter: 7 }],
    ...['inf', 'INF', '+inf', 'Infinity', ' +iNFINITY ', '1e999'].map((tol): [string, FormBody, object] => [
      `tol=${tol} as Python's float() does`,
      { tol },
      { C: Infinity },
    ]),
    ["scikit-learn's names", { C: '2', max_iter: '9' }, { C: 2, maxIter: 9 }],
    [
      'the split',
      { test_size: '0.25', random_state: '4294967295', stratify: 'true' },
      { testSize: 0.25, randomState: 4294967295, stratify: true },
    ],
    ['a number of test rows', { test_size: '50' }, { testSize: 50 }],
    [
      'the solver',
      { solver: 'newton-cholesky', solver_tol: '1e-6', class_weight: 'balanced' },
      { solver: 'newton-cholesky', solverTol: 1e-6, classWeight: 'balanced' },
    ],
    ['no test of the gradient', { solver_tol: '0' }, { solverTol: 0 }],
    ...(['error', 'drop', 'mean', 'median', 'most_frequent'] as const).map(
      (missing): [string, FormBody, object] => [`missing=${missing}`, { missing }, { missing }],
    ),
    [
      'several values',
      {
        tol: '0.1, 1,10',
        max_iter: ['5', '50'],
        solver: 'lbfgs,newton-cholesky',
        class_weight: 'none,balanced',
      },
      {
        C: [0.1, 1, 10],
        maxIter: [5, 50],
        solver: ['lbfgs', 'newton-cholesky'],
        classWeight: [null, 'balanced'],
      },
    ],
    ...[['None', 'balanced'], 'None,balanced', ['None,balanced']].map(
      (class_weight): [string, FormBody, object] => [
        `no weights among several values, as in ${JSON.stringify(class_weight)}`,
        { class_weight },
        { classWeight: [null, 'balanced'] },
      ],
    ),
    ['folds', { cv: '5', log_models: 'all' }, { folds: 5, keepAll: true }],
    ['the last rows', { split: 'last', test_size: '9' }, { split: { by: 'last' }, testSize: 9 }],
    ['a column that splits', { split: 'column:a, b ' }, { split: { by: 'column', column: 'a, b ' } }],
    ['new fields with their defaults', { split: 'random', log_models: 'best' }, {}],
    ['estimates', { inference: 'True' }, { inference: true }],
    ['estimates switched off, which is no news', { inference: 'false' }, {}],
    ['a dry run', { dry_run: 'yes' }, { dryRun: true }],
    ['a dry run switched off', { dry_run: '0', missing: ' ' }, {}],
    ['weights switched off', { class_weight: 'none', stratify: 'no' }, {}],
    ['yes and no as Python writes them', { stratify: 'True', dry_run: 'FALSE' }, { stratify: true }],
    [
      "Python's None as not given",
      {
        ...{ tol: 'None', iterations: 'None', class_weight: 'None', random_state: 'None', test_size: 'None' },
        ...{ stratify: 'None', dry_run: 'None', missing: 'None', solver: ' None', solver_tol: 'None\n' },
        ...{ exp_name: 'None', run_name: 'None', model_name: 'None', alias: 'None', tags: ['None', 'None'] },
        registered_model: 'None',
      },
      {},
    ],
    [
      'None as a name in the file',
      { target: 'None', positive: 'None', ignore: ['None', 'a'] },
      { target: 'None', positive: 'None', ignore: ['None', 'a'] },
    ],
    [
      'one line end at the end, and a byte order mark, as not there',
      {
        tol: '0.5\n',
        solver: 'lbfgs\r\n',
        dry_run: 'true\r',
        target: '\uFEFFy\n',
        ignore: ['a\n', 'b \n\n', '\n'],
      },
      { C: 0.5, dryRun: true, target: 'y', ignore: ['a', 'b \n'] },
    ],
    [
      'blanks around a word as not there',
      { stratify: ' True', solver: ' newton-cholesky ', missing: 'drop ' },
      { stratify: true, solver: 'newton-cholesky', missing: 'drop' },
    ],
    [
      'lines of names and of a tag as no table',
      { ignore: 'a\nb\nc\nd\ne\nf\n', tags: 'note=1\n2\n3\n4\n5\n6' },
      { ignore: ['a\nb\nc\nd\ne\nf'], tags: { note: '1\n2\n3\n4\n5\n6' } },
    ],
    ['a line end in a name', { target: 'Glucose\n(mg/dL)' }, { target: 'Glucose\n(mg/dL)' }],
    ['an empty text instead of a file', { train_file: '', tol: '2' }, { C: 2 }],
    [
      'tags as Python prints them',
      { tags: `{'team': "O'Hara", 'n': 3, 'ok': True, 'x': None, 'q': 'it\\'s "hi", not True'}` },
      { tags: { team: "O'Hara", n: '3', ok: 'True', x: 'None', q: 'it\'s "hi", not True' } },
    ],
    [
      'tags as JSON on several lines',
      { tags: '{\n"a": 1,\n"b": 2,\n"c": 3,\n"d": 4\n}\n' },
      { tags: { a: '1', b: '2', c: '3', d: '4' } },
    ],
    [
      'columns',
      { target: 'y', positive: 'yes', ignore: ['id', 'a,b'] },
      { target: 'y', positive: 'yes', ignore: ['id', 'a,b'] },
    ],
    ['one column to ignore', { ignore: 'id' }, { ignore: ['id'] }],
    [
      'names',
      { run_name: 'r 1', model_name: 'm', registered_model: 'R', alias: 'champion' },
      { runName: 'r 1', modelName: 'm', registeredModelName: 'R', alias: 'champion' },
    ],
    [
      'what MLflow gets',
      { signature: 'any', user: 'ada', git_commit: 'c0ffee' },
      { signature: 'any', user: 'ada', gitCommit: 'c0ffee' },
    ],
    ['tags as pairs', { tags: ['team=core', 'url=a=b'] }, { tags: { team: 'core', url: 'a=b' } }],
    [
      'tags as JSON',
      { tags: '{"team":"core","n":3,"ok":true}' },
      { tags: { team: 'core', n: '3', ok: 'true' } },
    ],
    [
      'how the file is written, not at all',
      { sep: '', decimal: '', thousands: '', na_values: '', encoding: '' },
      {},
    ],
    [
      'how the file is written',
      { sep: ' ', decimal: ',', thousands: '.', na_values: ['?', '-1'], encoding: 'latin-1' },
      { sep: ' ', decimal: ',', thousands: '.', naValues: ['?', '-1'], encoding: 'latin-1' },
    ],
  ])('reads %s', (_name, body, expected) => {
    expect(fingerprintOf(parseFields(body))).toEqual({ ...DEFAULTS, ...expected });
  });

  it.each<[string, FormBody, string]>([
    ['tol', { tol: '0' }, 'invalid_tol'],
    ['tol', { tol: '-1' }, 'invalid_tol'],
    ['tol', { tol: 'abc' }, 'invalid_tol'],
    ['tol', { tol: '-inf' }, 'invalid_tol'],
    ['tol', { tol: 'infinite' }, 'invalid_tol'],
    ['tol', { tol: 'in f' }, 'invalid_tol'],
    ['tol', { tol: 'nan' }, 'invalid_tol'],
    ['solver_tol', { solver_tol: 'inf' }, 'invalid_solver_tol'],
    ['solver_tol', { solver_tol: '1e999' }, 'invalid_solver_tol'],
    ['tol', { tol: '0x10' }, 'invalid_tol'],
    ['C', { C: '1,x' }, 'invalid_c'],
    ['C', { C: '1,' }, 'invalid_c'],
    ['solver', { solver: ['lbfgs', 'saga'] }, 'invalid_solver'],
    ['inference', { inference: 'maybe' }, 'invalid_inference'],
    ['iterations', { iterations: '0' }, 'invalid_iterations'],
    ['iterations', { iterations: '1.5' }, 'invalid_iterations'],
    ['iterations', { iterations: '1000000001' }, 'invalid_iterations'],
    ['iterations', { iterations: '99999999999999999999' }, 'invalid_iterations'],
    ['max_iter', { max_iter: 'ten' }, 'invalid_max_iter'],
    ['test_size', { test_size: '0' }, 'invalid_test_size'],
    ['test_size', { test_size: '1.5' }, 'invalid_test_size'],
    ['test_size', { test_size: '1.0' }, 'invalid_test_size'],
    ['train_file', { train_file: 'diabetes.csv' }, 'missing_file'],
    ['train_file', { train_file: 'a,b,Outcome' }, 'missing_file'],
    ['target', { target: 'a,b,Outcome\n1,2,0\n' }, 'unexpected_file'],
    ['exp_name', { exp_name: 'a;b\r1;2' }, 'unexpected_file'],
    ['tags', { tags: ['a=1', 'Outcome\n0\n1\n0\n1'] }, 'unexpected_file'],
    ['stratify', { stratify: 'none' }, 'invalid_stratify'],
    ['tags', { tags: "{'a': [1]}" }, 'invalid_tags'],
    ['tags', { tags: 'a//b=c' }, 'invalid_tags'],
    ['tags', { tags: '/a=c' }, 'invalid_tags'],
    ['tags', { tags: '..=c' }, 'invalid_tags'],
    ['random_state', { random_state: '-1' }, 'invalid_random_state'],
    ['random_state', { random_state: '4294967296' }, 'invalid_random_state'],
    ['stratify', { stratify: 'maybe' }, 'invalid_stratify'],
    ['signature', { signature: 'double' }, 'invalid_signature'],
    ['user', { user: 'x'.repeat(251) }, 'invalid_user'],
    ['git_commit', { git_commit: 'c0ffee and more' }, 'invalid_git_commit'],
    ['solver', { solver: 'saga' }, 'invalid_solver'],
    ['class_weight', { class_weight: '{0:1}' }, 'invalid_class_weight'],
    ['missing', { missing: 'constant' }, 'invalid_missing'],
    ['missing', { missing: 'Mean' }, 'invalid_missing'],
    ['missing', { missing: ['mean', 'median'] }, 'repeated_field'],
    ['dry_run', { dry_run: 'please' }, 'invalid_dry_run'],
    ['sep', { sep: ';;' }, 'invalid_sep'],
    ['decimal', { decimal: ';' }, 'invalid_decimal'],
    ['thousands', { thousands: '.', decimal: '.' }, 'invalid_thousands'],
    ['encoding', { encoding: 'klingon' }, 'invalid_encoding'],
    ['exp_name', { exp_name: 'a\u0000b' }, 'invalid_exp_name'],
    ['exp_name', { exp_name: 'x'.repeat(501) }, 'invalid_exp_name'],
    ['model_name', { model_name: 'a.b' }, 'invalid_model_name'],
    ['model_name', { model_name: 'a#b' }, 'invalid_model_name'],
    ['registered_model', { registered_model: 'a:b' }, 'invalid_registered_model'],
    ['registered_model', { registered_model: '.' }, 'invalid_registered_model'],
    ['registered_model', { registered_model: '..' }, 'invalid_registered_model'],
    ['registered_model', { registered_model: '..a' }, 'invalid_registered_model'],
    ['alias', { alias: 'latest', registered_model: 'R' }, 'invalid_alias'],
    ['alias', { alias: 'V12', registered_model: 'R' }, 'invalid_alias'],
    ['alias', { alias: 'champion' }, 'alias_without_model'],
    ['tags', { tags: 'novalue' }, 'invalid_tags'],
    ['tags', { tags: '{"a":' }, 'invalid_tags'],
    ['tags', { tags: '{"a":[1]}' }, 'invalid_tags'],
    ['tags', { tags: 'mlflow.user=me' }, 'invalid_tags'],
    ['tags', { tags: 'a<b=c' }, 'invalid_tags'],
    ['max_iter', { iterations: '5', max_iter: '5' }, 'repeated_field'],
    ['test_size', { test_size: ['0.1', '0.2'] }, 'repeated_field'],
    ['epochs', { epochs: '5' }, 'unknown_field'],
    ['cv', { cv: '1' }, 'invalid_cv'],
    ['cv', { cv: '21' }, 'invalid_cv'],
    ['log_models', { log_models: 'none' }, 'invalid_log_models'],
    ['split', { split: 'first' }, 'invalid_split'],
    ['split', { split: 'column:' }, 'invalid_split'],
    ['random_state', { split: 'last', random_state: '1' }, 'idle_field'],
    ['test_size', { split: 'column:part', test_size: '0.3' }, 'idle_field'],
    ['__proto__', JSON.parse('{"__proto__":"x"}'), 'unknown_field'],
    ['toString', { toString: 'x' } as unknown as FormBody, 'unknown_field'],
  ])('rejects %s in %j: %s', (field, body, code) => {
    const error = errorOf(body);
    expect(error).toMatchObject({ name: 'FieldError', code, details: { field } });
    expect(error.message).toMatch(/[.)]$/);
  });

  it.each<[string, boolean]>([
    ['diabetes.csv', true],
    ['C:\\my files\\Größe 1.csv.gz', true],
    ['[object Object]', true],
    ['undefined', true],
    ['a,b,Outcome', false],
    ['Outcome', false],
    ['3.14', false],
    [`${'x'.repeat(300)}.csv`, false],
  ])('repeats the text %s in place of a file only if it is a name: %s', (text, isRepeated) => {
    const error = errorOf({ train_file: `${text}\n` });
    expect(error).toMatchObject({ code: 'missing_file', details: { field: 'train_file' } });
    expect(error.details.value).toBe(isRepeated ? text : undefined);
    expect(error.message.includes(JSON.stringify(text))).toBe(isRepeated);
    expect(error.message).toContain('put an @');
  });

  it('repeats no line of a table in another field', () => {
    const error = errorOf({ exp_name: 'a,b,Outcome\n1,2,0\n' });
    expect(JSON.stringify([error.message, error.details])).not.toMatch(/Outcome|1,2,0/);
    expect(error.message).toContain('train_file');
  });

  it('repeats no lines of a field that holds one line', () => {
    const error = errorOf({ exp_name: 'koala\nlion\ntiger' });
    expect(error.code).toBe('invalid_exp_name');
    expect(JSON.stringify([error.message, error.details])).not.toMatch(/koala|lion|tiger/);
    expect(error.message).toContain('exp_name has several lines, but it must');
  });

  it('names the valid fields', () => {
    expect(errorOf({ epoch: '1' }).details.allowed).toEqual(
      expect.arrayContaining(['train_file', 'tol', 'iterations', 'exp_name']),
    );
  });
});

const MODEL = { C: 1, maxIter: 100, solver: 'lbfgs', tol: 1e-4, classWeight: null } as const;

describe('a form with a test file', () => {
  it.each<FormBody>([{ test_size: '0.3' }, { stratify: 'false' }, { random_state: '1' }, { split: 'last' }])(
    'rejects %j, which chooses other test rows',
    (body) => {
      const [field = ''] = Object.keys(body);
      const error = errorOf(body, true);
      expect(error).toMatchObject({ code: 'idle_field', details: { field } });
      expect(error.message).toBe(`${field} has no meaning with test_file: leave one of them out.`);
    },
  );

  it('has another fingerprint, and no params of a split', () => {
    const fields = parseFields({}, true);
    expect(fingerprintOf(fields)).toEqual({ ...DEFAULTS, split: { by: 'file' } });
    expect(Object.keys(paramsOf(fields, MODEL))).toEqual(['solver', 'solver_tol', 'class_weight', 'missing']);
  });

  it('counts as having none if test_file is empty text, and is rejected if test_file is text', () => {
    expect(parseFields({ test_file: '' })).toEqual(parseFields({}));
    expect(errorOf({ test_file: 'later.csv' })).toMatchObject({
      code: 'missing_file',
      details: { field: 'test_file', value: 'later.csv' },
    });
  });
});

describe('paramsOf', () => {
  it.each<[string, FormBody, object]>([
    ['the defaults', {}, {}],
    ['a positive label', { positive: 'yes' }, { positive: 'yes' }],
    ['ignored columns', { ignore: ['id', 'a,b'] }, { ignore: 'id,a,b' }],
    ['a strategy', { missing: 'median', stratify: 'yes' }, { missing: 'median', stratify: 'True' }],
    ['the split', { test_size: '50', random_state: '0' }, { test_size: '50', random_state: '0' }],
    ['a signature', { signature: 'any' }, { signature: 'any' }],
    [
      'the solver',
      { solver: 'newton-cholesky', solver_tol: '1e-6', class_weight: 'balanced' },
      { solver: 'newton-cholesky', solver_tol: '1e-06', class_weight: 'balanced' },
    ],
    ['no user and no commit', { user: 'ada', git_commit: 'c0ffee' }, {}],
  ])('writes %s as Python prints it', (_name, body, expected) => {
    const fields = parseFields(body);
    const { C, maxIter, classWeight, solver, tol } = fields.model;
    const model = {
      C: C[0]!,
      maxIter: maxIter[0]!,
      classWeight: classWeight[0]!,
      solver: solver[0]!,
      tol: tol[0]!,
    };
    expect(paramsOf(fields, model)).toEqual({
      solver: 'lbfgs',
      solver_tol: '0.0001',
      class_weight: 'None',
      test_size: '0.3',
      random_state: '123',
      stratify: 'False',
      missing: 'error',
      ...expected,
    });
  });
});
