import { describe, expect, it } from 'vitest';
import { runCsv } from '../../../../src/engine/local/fit/run.ts';
import { parseMetrics } from '../../../../src/expressions/customMetrics.ts';
import { MEASURES } from '../../../../src/expressions/scope.ts';
import type { FormBody } from '../../../../src/training/fields/parse.ts';
import type { EvaluationPlan } from '../../../../src/values/evaluation.ts';
import { chosenOf, type Result } from '../../../../src/values/result.ts';
import { descriptionOf, evaluateCsv } from '../../../support/evaluation.ts';
import { planFor } from '../../../support/plans.ts';

type Row = Readonly<Record<string, string | number>>;
const ROWS = 300;
const TEST_FROM = 200;

/** Rows of numbers, truth values, texts and missing cells, with targets of all kinds. */
const rows: readonly Row[] = Array.from({ length: ROWS }, (_, i) => {
  const draw = (i * 7_919) % 1_009;
  const isOne = (draw + ((i * 31) % 400)) % 1_009 > 480;
  return {
    a: draw / 10,
    b: (i * 13) % 89,
    truth: draw % 3 === 0 ? 'True' : 'False',
    text: `t${(i * 31) % 5}`,
    holes: i % 9 === 0 ? '' : draw % 17,
    gaps: i % 8 === 0 ? '' : `g${i % 3}`,
    number: isOne ? 1 : 0,
    word: isOne ? 'yes' : 'no',
    bool: isOne ? 'TRUE' : 'FALSE',
    three: `c${draw % 3}`,
    real: isOne ? '2.0' : '1.0',
  };
});

const bytes = (names: readonly string[], some: readonly Row[], sep = ',') =>
  new TextEncoder().encode(
    [names, ...some.map((row) => names.map((name) => row[name]))].map((line) => line.join(sep)).join('\n'),
  );
const [train, test] = [rows.slice(0, TEST_FROM), rows.slice(TEST_FROM)];

async function trained(names: readonly string[], fields: FormBody): Promise<Result> {
  // What a form with a test file becomes.
  const plan = await planFor({ ...fields, target: names.at(-1)! });
  const whole = { ...plan, evaluation: { holdout: { by: 'file' } } } as const;
  return await runCsv(bytes(names, train), whole, {}, bytes(names, test));
}

const planOf = (result: Result, data: EvaluationPlan['data'] = {}): EvaluationPlan => ({
  data,
  description: descriptionOf(result),
  metrics: [],
});

const CASES: readonly (readonly [string, readonly string[], FormBody])[] = [
  ['numbers', ['a', 'b', 'number'], {}],
  ['truth values and texts', ['a', 'truth', 'text', 'word'], {}],
  ['missing cells that are filled in', ['a', 'holes', 'gaps', 'bool'], { missing: 'mean' }],
  ['missing numbers', ['holes', 'a', 'number'], { missing: 'median' }],
  ['another positive label', ['a', 'b', 'word'], { positive: 'no' }],
  ['three classes', ['a', 'b', 'text', 'three'], {}],
  ['labels that are reals', ['a', 'b', 'real'], {}],
  ['a threshold', ['a', 'b', 'number'], { threshold: '0.3' }],
  ['a threshold of the other class', ['a', 'b', 'bool'], { threshold: '0.7', positive: 'False' }],
];

describe('evaluateModel', () => {
  it.each(CASES)('gives the test metrics of the training: %s', async (_name, names, fields) => {
    const result = await trained(names, fields);
    const evaluation = await evaluateCsv(bytes(names, test), planOf(result));
    expect(evaluation.measures).toEqual(chosenOf(result).test);
    expect(evaluation.intervals).toEqual(result.intervals);
    expect(evaluation.data).toMatchObject({
      rows: test.length,
      digest: result.testData?.digest,
      columns: result.testData?.columns,
      target: names.at(-1),
    });
  });

  it.each(CASES)(
    'takes columns in any order, and columns that it does not know: %s',
    async (_name, names, fields) => {
      const result = await trained(names, fields);
      const mixed = [...Object.keys(rows[0]!)].reverse();
      const evaluation = await evaluateCsv(bytes(mixed, test, ';'), planOf(result));
      expect(evaluation.measures).toEqual(chosenOf(result).test);
    },
  );

  it.each(CASES)('finds no drift in the training rows themselves: %s', async (_name, names, fields) => {
    const result = await trained(names, fields);
    const { drift, measures, warnings } = await evaluateCsv(bytes(names, train), planOf(result));
    expect(drift.map(({ column }) => column)).toEqual(names.slice(0, -1));
    for (const one of drift) expect(one).toMatchObject({ psi: 0, warning: false });
    expect(measures).toEqual(chosenOf(result).train);
    expect(warnings.map(({ code }) => code)).not.toContain('drifted_column');
  });

  it('warns of columns that have drifted', async () => {
    const names = ['a', 'holes', 'gaps', 'text', 'number'];
    const result = await trained(names, { missing: 'mean' });
    const moved = test.map((row) => ({ ...row, a: Number(row['a']) + 60, holes: '', gaps: 'new' }));
    const { drift, warnings } = await evaluateCsv(bytes(names, moved), planOf(result));
    expect(drift.map(({ warning }) => warning)).toEqual([true, true, true, false]);
    for (const { psi } of drift) expect(psi).toBeGreaterThanOrEqual(0);
    const drifted = warnings.filter(({ code }) => code === 'drifted_column');
    expect(drifted.map(({ column }) => column)).toEqual(['a', 'holes', 'gaps']);
    expect(drifted[0]?.message).toMatch(/index is \d+\.\d+, above 0\.25\.$/);
  });

  it('fills in a column of text or numbers without any value', async () => {
    const names = ['a', 'holes', 'gaps', 'number'];
    const result = await trained(names, { missing: 'mean' });
    const empty = test.map((row) => ({ ...row, holes: '', gaps: '' }));
    const { pipeline } = chosenOf(result);
    const filled = await evaluateCsv(bytes(names, empty), planOf(result));
    expect(filled.measures.rows).toBe(test.length);
    const columns = pipeline.steps[0]![1];
    if (columns.estimator !== 'ColumnTransformer') throw new Error('no columns');
    const statistics = columns.transformers.map(({ transformer }) => {
      if (transformer.estimator !== 'Pipeline') throw new Error('no pipeline');
      const imputer = transformer.steps[0]![1];
      if (imputer.estimator !== 'SimpleImputer') throw new Error('no imputer');
      return imputer.fitted.statistics;
    });
    const [numbers, texts] = statistics as [number[], string[]];
    const written = test.map((row) => ({ ...row, holes: numbers[1]!, gaps: texts[0]! }));
    const same = await evaluateCsv(bytes(names, written), planOf(result));
    expect(filled.measures.confusion).toEqual(same.measures.confusion);
    expect(filled.measures.metrics.log_loss).toBeCloseTo(same.measures.metrics.log_loss, 14);
  });

  it('takes the labels of another column, another positive label and metrics of the client', async () => {
    const result = await trained(['a', 'b', 'word'], {});
    const metrics = await parseMetrics(['cost = 5*fn + fp'], 'metrics', MEASURES);
    const renamed = test.map(({ a, b, word }) => ({ a: a!, b: b!, label: word! }));
    const plan = { ...planOf(result, { target: 'label', positive: 'no' }), metrics };
    const { measures, positive, data } = await evaluateCsv(bytes(['label', 'b', 'a'], renamed), plan);
    const { fn, fp } = measures.confusion!;
    expect(measures.custom).toEqual({ cost: 5 * fn + fp });
    expect(measures.confusion?.tp).toBe(chosenOf(result).test.confusion?.tn);
    expect([positive, data.target]).toEqual(['no', 'label']);
  });

  it('leaves out rows without any value', async () => {
    const names = ['a', 'b', 'number'];
    const result = await trained(names, {});
    const gap = [test[0]!, { a: '', b: '', number: '' }, ...test.slice(1)];
    const { measures, warnings, data } = await evaluateCsv(bytes(names, gap), planOf(result));
    expect(measures).toEqual(chosenOf(result).test);
    expect(data.rows).toBe(test.length);
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'empty_rows' }));
  });

  it.each<[string, readonly string[], (row: Row) => Row, object]>([
    [
      'an unknown label',
      ['a', 'b', 'word'],
      (row) => ({ ...row, word: 'maybe' }),
      {
        code: 'unknown_class',
        details: { file: 'test_file', row: 3, line: 4, column: 'word', value: 'maybe' },
      },
    ],
    [
      'a missing label',
      ['a', 'b', 'word'],
      (row) => ({ ...row, word: '' }),
      {
        code: 'missing_label',
        details: { file: 'test_file', row: 3, line: 4, column: 'word', value: '', actual: 1 },
      },
    ],
    [
      'a missing cell that nothing fills in',
      ['a', 'b', 'number'],
      (row) => ({ ...row, b: '' }),
      {
        code: 'missing_value',
        details: { file: 'test_file', row: 3, line: 4, column: 'b', value: '', actual: 1 },
      },
    ],
    [
      'a text among numbers',
      ['a', 'b', 'number'],
      (row) => ({ ...row, a: 'many' }),
      { code: 'not_a_number', details: { file: 'test_file', row: 3, line: 4, column: 'a', value: 'many' } },
    ],
    [
      'an infinite number',
      ['a', 'b', 'number'],
      (row) => ({ ...row, a: 'inf' }),
      { code: 'infinite_value', details: { file: 'test_file', row: 3, line: 4, column: 'a', value: 'inf' } },
    ],
  ])('rejects %s, and says where it is', async (_name, names, change, error) => {
    const result = await trained(names, {});
    const changed = test.map((row, i) => (i === 2 ? change(row) : row));
    const refused = evaluateCsv(bytes(names, changed), planOf(result));
    await expect(refused).rejects.toMatchObject(error);
    await expect(refused).rejects.toThrow(/^test_file: /);
    await expect(refused).rejects.not.toThrow(/train_file|ignore|missing=/);
  });

  it('rejects a file without a feature, or without the labels', async () => {
    const result = await trained(['a', 'b', 'number'], {});
    const error = { code: 'missing_column', details: { file: 'test_file', column: 'b' } };
    await expect(evaluateCsv(bytes(['a', 'number'], test), planOf(result))).rejects.toMatchObject(error);
    await expect(evaluateCsv(bytes(['a', 'b'], test), planOf(result))).rejects.toThrow(
      /name the column .* in target/,
    );
  });
});
