import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

const DIABETES: Buffer = readFileSync(join(import.meta.dirname, '../../../data/diabetes.csv'));
const THREE = Buffer.from(
  `a,y\n${Array.from({ length: 60 }, (_, i) => `${(i * 7) % 11},${'xyz'[i % 3]}`).join('\n')}\n`,
);
/** The rarer class has three rows. */
const RARE = Buffer.from(
  `a,y\n${Array.from({ length: 60 }, (_, i) => `${(i * 7) % 11},${i % 20 === 0 ? 1 : 0}`).join('\n')}\n`,
);

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());
beforeEach(() => service.desk.reset());

type Fields = Readonly<Record<string, string | readonly string[]>>;

const post = (fields: Fields, file: Buffer = DIABETES, headers: Readonly<Record<string, string>> = {}) => {
  const call = request(service.server).post('/train').set(headers);
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) call.field(name, one);
  }
  return call.attach('train_file', file, 'diabetes.csv');
};

const SETTINGS = ['C', 'max_iter', 'class_weight', 'solver', 'solver_tol'];
const METRICS = [
  'accuracy_score',
  'precision_score',
  'recall_score',
  'f1_score',
  'log_loss',
  'roc_auc',
  'score',
];

describe('the answer to a sweep', () => {
  it('has the best candidate, and all candidates in the order of `select`', async () => {
    const { body, headers } = await post({ tol: '0.01,1,100', class_weight: 'none,balanced' }).expect(200);
    expect(headers).toMatchObject({ 'run-id': 'run1' });
    expect(body.runs).toHaveLength(6);
    const losses = body.runs.map(
      (one: { metrics: { test: { log_loss: number } } }) => one.metrics.test.log_loss,
    );
    expect(losses).toEqual([...losses].sort((a: number, b: number) => a - b));
    expect(body.runs.map(({ index }: { index: number }) => index).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    const [first] = body.runs;
    for (const one of body.runs) {
      expect(Object.keys(one)).toEqual(['index', 'settings', 'metrics', 'solver', 'run', 'model']);
      expect(Object.keys(one.settings)).toEqual(SETTINGS);
      expect(Object.keys(one.metrics.test).sort()).toEqual([...METRICS].sort());
    }
    const { index, settings } = first;
    expect(body.best).toEqual({ index, settings, select: 'log_loss', value: losses[0] });
    expect(body.metrics).toEqual(first.metrics);
    expect(body.solver).toEqual(first.solver);
    expect(body.warnings.map(({ code }: { code: string }) => code)).toContain('selected_on_test');
    expect(body.experiment).toMatchObject({ id: '1' });
    expect(body).not.toHaveProperty('cv');
  });

  it('has the numbers of single trainings', async () => {
    const sweep = await post({ tol: '0.1,10' }).expect(200);
    for (const one of sweep.body.runs) {
      const single = await post({ tol: String(one.settings.C) }).expect(200);
      expect(one.metrics).toEqual(single.body.metrics);
      expect(single.body).not.toHaveProperty('runs');
      expect(single.body).not.toHaveProperty('best');
    }
  });

  it.each<[string, Fields]>([
    ['repeated', { tol: ['0.1', '1', '10'] }],
    ['with commas', { tol: '0.1,1,10' }],
    ['under its other name', { C: '0.1, 1, 10' }],
    ['mixed', { tol: ['0.1', '1,10'] }],
  ])('takes several values %s', async (_name, fields) => {
    const { body } = await post(fields).expect(200);
    const inOrder = [...body.runs].sort((a, b) => a.index - b.index);
    expect(inOrder.map(({ settings }) => settings.C)).toEqual([0.1, 1, 10]);
  });

  it('has the folds of each candidate, and chooses by their mean', async () => {
    const { body } = await post({ tol: '0.01,1', cv: '4', select: 'roc_auc' }).expect(200);
    expect(body).not.toHaveProperty('cv');
    for (const { cv } of body.runs) {
      expect(Object.keys(cv)).toEqual(['k', 'mean', 'std', 'folds']);
      expect(cv.k).toBe(4);
      expect(cv.folds).toHaveLength(4);
      const aucs = cv.folds.map((fold: { roc_auc: number }) => fold.roc_auc);
      const mean = aucs.reduce((sum: number, value: number) => sum + value, 0) / 4;
      expect(cv.mean.roc_auc).toBeCloseTo(mean, 12);
    }
    expect(body.best).toMatchObject({ select: 'roc_auc', value: body.runs[0].cv.mean.roc_auc });
    expect(body.runs[0].cv.mean.roc_auc).toBeGreaterThanOrEqual(body.runs[1].cv.mean.roc_auc);
    expect(body.warnings.map(({ code }: { code: string }) => code)).not.toContain('selected_on_test');
  });

  it('is replayed without a difference for the same Idempotency-Key', async () => {
    const fields = { tol: '0.1,1', cv: '2', threshold: 'max(f1_score)', metrics: 'cost = fn + fp' };
    const key = { 'Idempotency-Key': 'sweep' };
    const first = await post(fields, DIABETES, key).expect(200);
    const again = await post({ ...fields, tol: ['0.1', '1.0'] }, DIABETES, key)
      .expect(200)
      .expect('Idempotency-Replayed', 'true');
    expect(again.text).toBe(first.text);
    expect(service.desk.entries).toHaveLength(1);
    const other = await post({ ...fields, tol: '0.1,2' }, DIABETES, key).expect(422);
    expect(other.body.code).toBe('idempotency_key_reused');
  });

  it('has null for runs that MLflow does not have yet', async () => {
    service.desk.isHeld = true;
    const { body } = await post({ tol: '0.1,1' }, DIABETES, { Prefer: 'wait=0' }).expect(202);
    expect(body.runs).toMatchObject([
      { run: null, model: null },
      { run: null, model: null },
    ]);
    expect(body.experiment).toMatchObject({ url: null });
  });
});

describe('the answer to a single training', () => {
  it('has its folds at the top', async () => {
    const { body } = await post({ cv: '3' }).expect(200);
    expect(Object.keys(body.cv)).toEqual(['k', 'mean', 'std', 'folds']);
    expect(body.cv.folds).toHaveLength(3);
    expect(body).not.toHaveProperty('runs');
  });

  it.each([
    ['0.3', { value: 0.3, by: 'given' }],
    ['min(5*fn + fp)', { value: expect.any(Number), by: 'min(5*fn + fp)' }],
  ])('has the threshold %s', async (threshold, expected) => {
    const { body } = await post({ threshold }).expect(200);
    expect(body.threshold).toEqual(expected);
  });

  it('has the estimates', async () => {
    const { body } = await post({ inference: 'true' }).expect(200);
    expect(Object.keys(body.inference)).toEqual(['terms', 'warnings']);
    expect(body.inference.terms[0].term).toBe('(intercept)');
    expect(body.inference.terms).toHaveLength(9);
    const keys = ['term', 'estimate', 'std_error', 'z', 'p_value', 'ci_low', 'ci_high', 'odds_ratio'];
    for (const term of body.inference.terms) expect(Object.keys(term)).toEqual(keys);
  });

  it("has the client's own metrics beside the others", async () => {
    const { body } = await post({ metrics: ['cost = 5*fn + fp', 'worst = max(fn, fp)'] }).expect(200);
    for (const part of ['train', 'test']) {
      const { cost, worst } = body.metrics[part];
      expect(worst).toBeGreaterThan(0);
      expect(cost).toBeGreaterThanOrEqual(worst);
    }
  });
});

describe('a sweep is rejected', () => {
  it.each<[string, Fields, Buffer, object]>([
    [
      'with more combinations than SWEEP_MAX',
      { tol: '1,2,3,4,5,6,7', iterations: '1,2,3' },
      DIABETES,
      { code: 'sweep_too_large', limit: 20, actual: 21 },
    ],
    ['with a wrong value among others', { tol: '1,x' }, DIABETES, { field: 'tol' }],
    ['with a class that is too small for the folds', { cv: '5' }, RARE, { code: 'cv_class_too_small' }],
    ['with one fold', { cv: '1' }, DIABETES, { field: 'cv' }],
    ['with an unknown metric to choose by', { tol: '1,2', select: 'auc' }, DIABETES, { field: 'select' }],
    ['with a threshold for three classes', { threshold: '0.3' }, THREE, { code: 'threshold_of_many' }],
    ['with a threshold above 1', { threshold: '1.5' }, DIABETES, { field: 'threshold' }],
    ['with estimates of three classes', { inference: 'true' }, THREE, { code: 'inference_of_many' }],
  ])('%s', async (_name, fields, file, problem) => {
    const { body } = await post(fields, file).expect(422);
    expect(body).toMatchObject(problem);
    expect(service.desk.entries).toEqual([]);
    expect(service.uploads()).toEqual([]);
  });
});
