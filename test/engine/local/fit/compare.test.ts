import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCsv } from '../../../../src/engine/local/fit/run.ts';
import { areaOf } from '../../../../src/ml/intervals/delong.ts';
import { TrainingPipeline } from '../../../../src/ml/trainingPipeline.ts';
import type { FormBody } from '../../../../src/training/fields/parse.ts';
import type { ModelDescription } from '../../../../src/values/loadedModel.ts';
import { chosenOf } from '../../../../src/values/result.ts';
import { championOf } from '../../../support/champions.ts';
import { planFor } from '../../../support/plans.ts';

const DIABETES = readFileSync(join(import.meta.dirname, '../../../../data/diabetes.csv'));
const THREE = Buffer.from(
  `a,b,kind\n${Array.from({ length: 90 }, (_, i) => `${i % 7},${(i * 37) % 11},${'xyz'[i % 3]}`).join('\n')}\n`,
);

const run = async (fields: FormBody, champion?: ModelDescription, csv: Buffer = DIABETES) =>
  runCsv(csv, { ...(await planFor(fields)), ...(champion && { champion }) });

describe('intervals of the test metrics', () => {
  it('lie around the metrics, and are those of the known formulas', async () => {
    const result = await run({ metrics: ['cost = 5*fn + fp', 'mix = log_loss + fn'] });
    const { metrics, confusion } = chosenOf(result).test;
    expect(Object.keys(result.intervals!).sort()).toEqual([
      'accuracy_score',
      'cost',
      'f1_score',
      'log_loss',
      'precision_score',
      'recall_score',
      'roc_auc',
    ]);
    for (const [name, [low, high]] of Object.entries(result.intervals!)) {
      const value = { ...metrics, cost: 5 * confusion!.fn + confusion!.fp }[name]!;
      expect(low, name).toBeLessThan(value);
      expect(high, name).toBeGreaterThan(value);
    }
    // statsmodels: proportion_confint(183, 231, method='wilson')
    expect(result.intervals!['accuracy_score']![0]).toBeCloseTo(0.7353169370867648, 12);
    expect(result.intervals!['accuracy_score']![1]).toBeCloseTo(0.8395389707155924, 12);
  });

  it.each([
    { positive: '0' },
    { threshold: '0.3' },
    { cv: '3', threshold: 'max(f1)' },
    { class_weight: 'balanced' },
  ])('of ROC AUC are those of DeLong, with %o', async (fields) => {
    const result = await run(fields);
    const [low, high] = result.intervals!['roc_auc']!;
    const { roc_auc } = chosenOf(result).test.metrics;
    const { area, variance } = areaOf(await scores(result, fields));
    expect(area).toBeCloseTo(roc_auc, 12);
    expect((high - low) / 2).toBeCloseTo(1.959963984540054 * Math.sqrt(variance), 12);
  });

  it('of three classes are those of accuracy and log loss', async () => {
    const { intervals } = await run({}, undefined, THREE);
    expect(Object.keys(intervals!).sort()).toEqual(['accuracy_score', 'log_loss']);
  });
});

/** The scores of the test rows by class, from the pipeline and the file alone. */
async function scores(result: Awaited<ReturnType<typeof run>>, fields: FormBody) {
  const { trainTestSplit } = await import('../../../../src/data/split.ts');
  const rows = DIABETES.toString()
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(',').map(Number));
  const { test } = trainTestSplit(rows.length, { testSize: 0.3, randomState: 123 });
  const pipeline = TrainingPipeline.fromState(chosenOf(result).pipeline);
  const tested = Array.from(test, (row) => rows[row]!);
  const proba = pipeline.predictProba(tested.map((row) => row.slice(0, -1)));
  const positive = Number((fields as Record<string, string>)['positive'] ?? 1);
  const ofPositive = proba.columns[positive]!;
  const scoresOf = (isPositive: boolean) =>
    ofPositive.filter((_, i) => (tested[i]!.at(-1) === positive) === isPositive).sort();
  return { positives: scoresOf(true), negatives: scoresOf(false) };
}

describe('a champion', () => {
  it('that is the same model has the same metrics, and no difference', async () => {
    const champion = championOf(await run({}));
    const result = await run({ metrics: 'cost = 5*fn + fp' }, champion);
    const { measures, paired, verdicts } = result.champion!;
    const best = chosenOf(result);
    expect(measures.confusion).toEqual(best.test.confusion);
    expect(measures.metrics.roc_auc).toBe(best.test.metrics.roc_auc);
    expect(Object.keys(verdicts).sort()).toEqual(Object.keys(paired).sort());
    for (const [name, difference] of Object.entries(paired)) {
      expect(difference, name).toEqual({ difference: 0, low: 0, high: 0, p: 1 });
      expect(verdicts[name]).toBe('no_difference');
    }
  });

  it('is measured at a threshold of its own, on the test rows of this training', async () => {
    const champion = championOf(await run({ threshold: '0.2' }));
    const result = await run({ metrics: ['cost = 5*fn + fp', 'gain = tp - fp'] }, champion);
    const expected = chosenOf(await run({ threshold: '0.2' })).test;
    expect(result.champion!.measures.confusion).toEqual(expected.confusion);
    const { paired, verdicts } = result.champion!;
    expect(verdicts).toMatchObject({
      recall_score: 'significantly_worse',
      precision_score: 'better',
      log_loss: 'no_difference',
    });
    const best = chosenOf(result).test;
    const costs = [best, expected].map(({ confusion }) => 5 * confusion!.fn + confusion!.fp);
    expect(paired['cost']!.difference).toBe(costs[0]! - costs[1]!);
    expect(paired['cost']!.low).toBeLessThan(paired['cost']!.difference);
    // Less cost is better, and more gain.
    expect(Math.sign(paired['cost']!.difference)).toBe(1);
    expect(verdicts['cost']).toMatch(/worse/);
    expect(Math.sign(paired['gain']!.difference)).toBe(1);
    expect(verdicts['gain']).not.toMatch(/worse/);
  });

  it('that knows less is worse in ROC AUC and log loss', async () => {
    const champion = championOf(await run({ ignore: 'Glucose,BMI,Age' }));
    const { verdicts, paired } = (await run({}, champion)).champion!;
    expect(verdicts).toMatchObject({ roc_auc: 'better', log_loss: 'better' });
    expect(paired['log_loss']!.high).toBeLessThan(0);
    expect(paired['roc_auc']!.low).toBeGreaterThan(0);
  });

  it('of three classes is compared by accuracy and log loss', async () => {
    const champion = championOf(await run({}, undefined, THREE));
    const { paired } = (await run({ tol: '0.001' }, champion, THREE)).champion!;
    expect(Object.keys(paired).sort()).toEqual(['accuracy_score', 'log_loss']);
  });

  it('is compared after the rows were sorted into folds too', async () => {
    const champion = championOf(await run({ ignore: 'Glucose' }));
    const plain = (await run({}, champion)).champion!;
    const folded = (await run({ cv: '4' }, champion)).champion!;
    expect(folded.verdicts).toEqual(plain.verdicts);
    expect(folded.measures.confusion).toEqual(plain.measures.confusion);
  });

  it.each([
    ['a column is missing', { ignore: 'Glucose' }, 'Glucose', DIABETES],
    [
      'other classes',
      {},
      'Outcome',
      Buffer.from(
        DIABETES.toString()
          .replaceAll(/,0(?=\r?\n)/g, ',no')
          .replaceAll(/,1(?=\r?\n)/g, ',yes'),
      ),
    ],
    [
      'a column of text',
      {},
      'BMI',
      Buffer.from(DIABETES.toString().replaceAll(/^(\d+,\d+,\d+,\d+,\d+,)[\d.]+/gm, '$1high')),
    ],
  ] as const)('cannot be measured: %s', async (_name, fields, column, csv) => {
    const champion = championOf(await run({}));
    await expect(run(fields, champion, csv)).rejects.toMatchObject({
      code: 'champion_cannot_be_measured',
      details: { column },
    });
  });

  it('cannot be measured on missing values that it does not fill in, and says where they are', async () => {
    const champion = championOf(await run({}));
    const gaps = Buffer.from(DIABETES.toString().replaceAll(/^(\d+),85,/gm, '$1,,'));
    await expect(run({ missing: 'mean' }, champion, gaps)).rejects.toMatchObject({
      code: 'champion_cannot_be_measured',
    });
    const filling = championOf(await run({ missing: 'mean' }, undefined, gaps));
    const { measures } = (await run({ missing: 'median' }, filling, gaps)).champion!;
    expect(measures.metrics.roc_auc).toBeGreaterThan(0.8);
  });

  it('takes columns by name, in any order, and does not mind others', async () => {
    const champion = championOf(await run({ ignore: 'Insulin' }));
    const rows = DIABETES.toString()
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(','));
    const turned = rows.map((cells) => [...cells.slice(0, -1).reverse(), cells.at(-1)].join(','));
    const { measures } = (await run({}, champion, Buffer.from(turned.join('\n')))).champion!;
    expect(measures.confusion).toEqual(chosenOf(await run({ ignore: 'Insulin' })).test.confusion);
  });
});
