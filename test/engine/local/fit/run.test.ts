import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCsv } from '../../../../src/engine/local/fit/run.ts';
import { classifierOf } from '../../../../src/tracking/modelFiles/onnx.ts';
import { chosenOf } from '../../../../src/values/result.ts';
import { ORIGINAL_PLAN, planFor } from '../../../support/plans.ts';

const DIABETES = readFileSync(join(import.meta.dirname, '../../../../data/diabetes.csv'));
const bytes = (text: string) => new TextEncoder().encode(text);

describe('runCsv on diabetes.csv', () => {
  // scikit-learn 1.9.1, train_test_split(test_size=0.3, random_state=123), test set of 231 rows.
  it.each([
    [0.01, 100, 5, 0.619048, 0, 0, 0.653057],
    [0.1, 100, 6, 0.666667, 1, 0.125, 0.577796],
    [1, 5, 5, 0.787879, 0.819672, 0.568182, 0.477076],
    [1, 100, 9, 0.792208, 0.8125, 0.590909, 0.477461],
    [10, 100, 13, 0.800866, 0.791667, 0.647727, 0.452154],
    [100, 100, 11, 0.800866, 0.791667, 0.647727, 0.451404],
    [1000, 5, 5, 0.809524, 0.797297, 0.670455, 0.448377],
  ])('C=%d, max_iter=%d', async (C, maxIter, iterations, accuracy, precision, recall, entropy) => {
    const plan = planFor({ C: String(C), max_iter: String(maxIter) });
    const { test, solver } = chosenOf(await runCsv(DIABETES, plan));
    expect(solver.iterations).toBe(iterations);
    expect(test.accuracy_score).toBeCloseTo(accuracy, 6);
    expect(test.precision_score).toBeCloseTo(precision, 6);
    expect(test.recall_score).toBeCloseTo(recall, 6);
    expect(test.log_loss).toBeCloseTo(entropy, 6);
  });

  it('measures the other label if that label is positive', async () => {
    const [larger, smaller] = [
      chosenOf(await runCsv(DIABETES, ORIGINAL_PLAN)),
      chosenOf(await runCsv(DIABETES, planFor({ positive: '0' }))),
    ];
    // For two classes, both labels count the same cells of the confusion matrix.
    expect(smaller.test.recall_score).not.toBeCloseTo(larger.test.recall_score, 3);
    expect(smaller.test.accuracy_score).toBe(larger.test.accuracy_score);
    expect(smaller.test.roc_auc).toBeCloseTo(larger.test.roc_auc, 12);
  });

  it('describes the data set, and shows its first rows', async () => {
    const { data: dataset, example, split } = await runCsv(DIABETES, ORIGINAL_PLAN);
    expect(dataset).toMatchObject({
      rows: 768,
      target: 'Outcome',
      digest: 'bf81d06e0c0512662862248241ab46d7',
    });
    expect(dataset.classCounts).toEqual([
      { label: 0, count: 500 },
      { label: 1, count: 268 },
    ]);
    expect(split).toEqual({ train: 537, test: 231 });
    expect(example.data).toHaveLength(5);
    expect(example.data[0]).toEqual([6, 148, 72, 35, 0, 33.6, 0.627, 50]);
  });
});

describe('runCsv on other files', () => {
  const rows = (line: (i: number) => string) => Array.from({ length: 40 }, (_, i) => `${line(i)}\n`).join('');

  it('trains on a boolean target and a boolean feature as on 1 and 0', async () => {
    const table = (yes: string, no: string) =>
      bytes(`a,b,t\n${rows((i) => `${i},${i % 2 ? yes : no},${(i * 7) % 11 > 5 ? yes : no}`)}`);
    const [booleans, numbers] = [
      await runCsv(table('True', 'False'), ORIGINAL_PLAN),
      await runCsv(table('1', '0'), ORIGINAL_PLAN),
    ];
    const [model, same] = [booleans, numbers].map(({ pipeline }) => classifierOf(pipeline.steps).fitted);
    expect(model).toEqual({ ...same, classesDtype: 'bool' });
    expect(chosenOf(booleans).test).toEqual(chosenOf(numbers).test);
    expect(booleans.data.columns.map(({ type }) => type)).toEqual(['long', 'boolean', 'boolean']);
    expect(booleans.data.classCounts.map(({ label }) => label)).toEqual(['False', 'True']);
    const negative = await runCsv(table('True', 'False'), planFor({ positive: 'false' }));
    const other = await runCsv(table('1', '0'), planFor({ positive: '0' }));
    expect(chosenOf(negative).test).toEqual(chosenOf(other).test);
    await expect(runCsv(table('True', 'False'), planFor({ positive: 'no' }))).rejects.toMatchObject({
      code: 'unknown_positive',
      details: { allowed: ['False', 'True'] },
    });
  });

  it('treats booleans with gaps as numbers with gaps, because Python accepts a bool as a number', async () => {
    const table = (yes: string, no: string) =>
      bytes(
        `a,b,t\n${rows((i) => `${i},${i === 3 ? '' : i % 2 ? yes : no},${(i * 7) % 11 > 5 ? yes : no}`)}`,
      );
    for (const missing of ['drop', 'mean', 'most_frequent'] as const) {
      const [booleans, numbers] = [
        await runCsv(table('True', 'False'), planFor({ missing })),
        await runCsv(table('1', '0'), planFor({ missing })),
      ];
      expect(chosenOf(booleans).test).toEqual(chosenOf(numbers).test);
      expect(booleans.pipeline.steps.slice(0, -1)).toEqual(numbers.pipeline.steps.slice(0, -1));
      expect(booleans.data.features[1]).toEqual({ name: 'b', type: 'boolean', missing: true });
    }
  });

  it("passes on the reader's warnings", async () => {
    const file = Buffer.from(`Größe,t\n${rows((i) => `${i},${i % 3 ? 1 : 0}`)}`, 'latin1');
    const { warnings, data: dataset } = await runCsv(file, ORIGINAL_PLAN);
    expect(warnings.map(({ code }) => code)).toContain('assumed_cp1252');
    expect(dataset.features[0]?.name).toBe('Größe');
  });
});

describe('runCsv rejects', () => {
  it.each([
    [
      'a class that only test rows have',
      'a,k\n1,x\n2,x\n3,y\n4,y\n5,z\n',
      { random_state: '2' },
      'class_only_in_test',
    ],
    [
      'positive for three classes',
      'a,k\n1,x\n2,y\n3,z\n4,x\n5,y\n6,z\n',
      { positive: 'x' },
      'positive_of_many',
    ],
    [
      'a stratified split of a class of one row',
      'a,k\n1,x\n2,x\n3,y\n4,x\n',
      { stratify: 'true' },
      'stratify_class_too_small',
    ],
  ])('%s', async (_name, text, fields, code) => {
    await expect(runCsv(bytes(text), planFor(fields))).rejects.toMatchObject({ code });
  });
});
