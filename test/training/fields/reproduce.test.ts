import { describe, expect, it } from 'vitest';
import { pyFloatRepr } from '../../../src/python/repr.ts';
import { type FormBody, parseFields } from '../../../src/training/fields/parse.ts';
import { formOf, settingsOf } from '../../../src/training/fields/reproduce.ts';
import { paramsOf, planOf } from '../../../src/training/fields/use.ts';

const RUN = 'a'.repeat(32);

/** The params that a training with these fields logs, with some of those of its pipeline. */
async function loggedParams(body: FormBody, hasTestFile: boolean) {
  const fields = parseFields(body, hasTestFile);
  const [model] = (await planOf(fields, 20)).candidates;
  return {
    ...paramsOf(fields, model!),
    C: pyFloatRepr(model!.C),
    max_iter: String(model!.maxIter),
    memory: 'None',
    steps: "[('scaler', MinMaxScaler()), ('model', LogisticRegression())]",
    model__tol: '17',
    verbose: 'False',
  };
}

describe('formOf', () => {
  it.each<[string, FormBody, boolean?]>([
    ['nothing', {}],
    ['the original fields', { tol: '0.1', iterations: '7' }],
    ['no penalty', { C: 'inf', max_iter: '1000000000' }],
    ['the solver', { solver: 'newton-cholesky', solver_tol: '1e-07', class_weight: 'balanced' }],
    ['roles of columns', { positive: 'None', ignore: 'a,b', missing: 'most_frequent' }],
    ['a share and a seed', { test_size: '0.25', random_state: '4294967295', stratify: 'true' }],
    ['a number of rows', { test_size: '1' }],
    ['the last rows', { split: 'last', test_size: '50' }],
    ['a column', { split: 'column:my, column' }],
    ['a test file', { C: '2' }, true],
    ['a threshold', { threshold: '0.25' }],
    ['an objective', { threshold: 'min(5*fn + fp)', cv: '5' }],
    [
      'metrics with commas and comparisons',
      { metrics: ['cost = max(fn, 2*fp)', 'good = min(tp, 3) == 3 ? 1 : 0', 'x2=fn'] },
    ],
    [
      'a way of writing',
      { sep: ';', decimal: ',', thousands: ' ', na_values: ['?', '-'], encoding: 'cp1252' },
    ],
    ['a tab', { sep: '\\t', thousands: ',' }],
    ['a choice', { select: 'max(f1)', cv: '3' }],
  ])('asks for the settings of a training with %s', async (_name, body, hasTestFile = false) => {
    const form = formOf(RUN, await loggedParams(body, hasTestFile), hasTestFile);
    const wanted = settingsOf(parseFields(body, hasTestFile));
    expect(settingsOf(parseFields(form, hasTestFile))).toEqual(wanted);
  });

  it('takes the target, and the candidate of a sweep', async () => {
    const params = await loggedParams({ tol: '3', solver: 'lbfgs' }, false);
    const { data, model } = parseFields(formOf(RUN, { ...params, target: 'y' }, false));
    expect(data.target).toBe('y');
    expect(model.C).toEqual([3]);
  });

  it.each([
    ['a run with a test file, without one', { C: '1.0' }, false, 'missing_file', 'test_file'],
    ['a run without a test file, with one', { test_size: '0.3' }, true, 'idle_field', 'test_file'],
    [
      'a param that was cut',
      { ignore: `${'a,'.repeat(130)}...`, test_size: '1' },
      false,
      'params_cut',
      'reproduce',
    ],
  ])('rejects %s', (_name, params, hasTestFile, code, field) => {
    const rejected = expect.objectContaining({ code, details: expect.objectContaining({ field }) });
    expect(() => formOf(RUN, params, hasTestFile)).toThrow(rejected);
  });
});

describe('reproduce in a form', () => {
  it('stands beside names, gates and reports', () => {
    const body = {
      reproduce: ` ${RUN} `,
      exp_name: 'E',
      gate: 'f1 > 0',
      inference: 'true',
      signature: 'any',
    };
    expect(parseFields(body).mode.reproduce).toBe(RUN);
  });

  it.each(['tol', 'max_iter', 'target', 'test_size', 'cv', 'metrics', 'threshold', 'sep', 'split', 'solver'])(
    'does not stand beside %s',
    (field) => {
      const texts: Record<string, string> = { sep: ';', split: 'last', solver: 'lbfgs', metrics: 'x = fn' };
      const parse = () =>
        parseFields({ reproduce: RUN, [field]: texts[field] ?? (field === 'cv' ? '2' : '1') });
      const details = expect.objectContaining({ field });
      expect(parse).toThrow(expect.objectContaining({ code: 'idle_field', details }));
    },
  );

  it.each(['', '../x', 'a b', "x'", 'x'.repeat(257)])('must be the id of a run, unlike %j', (reproduce) => {
    if (reproduce === '') expect(parseFields({ reproduce }).mode).not.toHaveProperty('reproduce');
    else
      expect(() => parseFields({ reproduce })).toThrow(
        expect.objectContaining({ code: 'invalid_reproduce' }),
      );
  });
});
