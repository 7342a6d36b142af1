import { describe, expect, test } from 'vitest';
import { recordEvaluation } from '../../../src/tracking/recordEvaluation.ts';
import type { RecordedTree } from '../../../src/tracking/tree.ts';
import type { EvaluatedRun, Promotion } from '../../../src/values/run.ts';
import { Bench, QUARANTINE_MS, SHORT_TIMEOUT_MS } from './bench.ts';
import { sampleTree } from './trees.ts';

const VERSIONS = ['3.17.2', '2.22.5'] as const;
const NAME = 'R';
const ALIAS = 'champion';

function evaluation(promotion: Promotion, startTimeMs: number): RecordedTree {
  const run: EvaluatedRun = {
    experimentName: 'Diabetes',
    runName: 'Evaluate-Run',
    tags: {},
    params: {},
    fileName: 'later.csv',
    startTimeMs,
    data: { rows: 3, digest: 'abc', columns: [], target: 'y' },
    test: {
      accuracy_score: 1,
      precision_score: 1,
      recall_score: 1,
      f1_score: 1,
      log_loss: 0,
      roc_auc: 1,
      score: 1,
    },
    intervals: {},
    gate: 'passed',
    promotion,
    warnings: [],
    note: '',
  };
  return recordEvaluation(run, {});
}

/** Trains a model, with or without a version, and returns how a promotion names it. */
async function trained(bench: Bench, overrides: Parameters<typeof sampleTree>[1] = {}): Promise<Promotion> {
  const { logged } = await bench.acceptTree(sampleTree(0, { registeredModelName: NAME, ...overrides }));
  await bench.untilDelivered();
  const { runId } = await logged;
  const models = [...bench.standIn.store.models.values()];
  const model = models.find(({ info }) => info.source_run_id === runId);
  return { registeredModelName: NAME, alias: ALIAS, runId, ...(model && { modelId: model.info.model_id }) };
}

async function promote(bench: Bench, promotion: Promotion, startTimeMs: number) {
  const { logged } = await bench.acceptTree(evaluation(promotion, startTimeMs));
  await bench.untilDelivered();
  return await logged;
}

const UNREGISTERED = { gate: 'failed', startTimeMs: 10 } as const;
const registeredIn = (bench: Bench) => bench.standIn.registry.registered.get(NAME);
const holderIn = (bench: Bench) => registeredIn(bench)?.aliases.get(ALIAS);

describe.concurrent.each(VERSIONS)('a promotion in MLflow %s', (version) => {
  test('makes the version that the model lacks, and moves the alias', async () => {
    await using bench = await Bench.open({ version });
    const promotion = await trained(bench, UNREGISTERED);
    expect(registeredIn(bench)).toBeUndefined();
    expect(await promote(bench, promotion, 20)).toMatchObject({
      registeredModelName: NAME,
      modelVersion: '1',
      modelUrl: expect.stringContaining(NAME),
    });
    const [made] = [...registeredIn(bench)!.versions.values()];
    expect(made?.run_id).toBe(promotion.runId);
    const { runId, modelId } = promotion;
    if (version === '3.17.2') expect(made?.source).toBe(`models:/${modelId}`);
    else expect(made?.source).toMatch(new RegExp(`${runId}/artifacts/.+`));
    expect(holderIn(bench)).toBe('1');
    await promote(bench, promotion, 30);
    expect(registeredIn(bench)?.versions.size).toBe(1);
  });

  test('takes the version that the model has, or that the client named', async () => {
    await using bench = await Bench.open({ version });
    const first = await trained(bench, { startTimeMs: 10 });
    const second = await trained(bench, { startTimeMs: 11, alias: ALIAS });
    expect(holderIn(bench)).toBe('2');
    expect(await promote(bench, first, 20)).toMatchObject({ modelVersion: '1' });
    expect(holderIn(bench)).toBe('1');
    expect(await promote(bench, { ...second, version: '2' }, 21)).toMatchObject({ modelVersion: '2' });
    expect(holderIn(bench)).toBe('2');
    expect(registeredIn(bench)?.versions.size).toBe(2);
  });

  test('is not undone by a training or a promotion that was asked for earlier', async () => {
    await using bench = await Bench.open({ version });
    const old = await trained(bench, { startTimeMs: 10 });
    const other = await trained(bench, { startTimeMs: 11 });
    await promote(bench, old, 30);
    await promote(bench, other, 20);
    expect(holderIn(bench)).toBe('1');
    await trained(bench, { startTimeMs: 25, alias: ALIAS });
    expect(holderIn(bench)).toBe('1');
    await trained(bench, { startTimeMs: 31, alias: ALIAS });
    expect(holderIn(bench)).toBe('4');
  });

  test('does not undo a training that was asked for later', async () => {
    await using bench = await Bench.open({ version });
    const old = await trained(bench, { startTimeMs: 10 });
    await trained(bench, { startTimeMs: 40, alias: ALIAS });
    await promote(bench, old, 30);
    expect(holderIn(bench)).toBe('2');
  });

  test('makes one version if two come at once', async () => {
    await using bench = await Bench.open({ version, atOnce: 2 });
    const promotion = await trained(bench, UNREGISTERED);
    await Promise.all([20, 21].map((ms) => bench.acceptTree(evaluation(promotion, ms))));
    await bench.untilDelivered();
    expect(registeredIn(bench)?.versions.size).toBe(1);
  });

  test.each(['silent', 'late'] as const)(
    'happens once if the process ends at any call, which is %s',
    async (fault) => {
      for (let number = 1; await crashAt(version, number, fault); number++);
    },
  );
});

test('a model that MLflow 2 has lost is a dead letter', async () => {
  await using bench = await Bench.open({ version: '2.22.5' });
  const promotion = { registeredModelName: NAME, alias: ALIAS, runId: 'f'.repeat(32) };
  const { id, logged } = await bench.acceptTree(evaluation(promotion, 1));
  await expect(logged).rejects.toMatchObject({ code: 'model_gone' });
  expect(await bench.deliveries.find(id)).toMatchObject({ state: 'dead' });
  expect(registeredIn(bench)).toBeUndefined();
});

/** The process ends at the call of that number. @returns false if the delivery has fewer calls */
async function crashAt(version: string, number: number, fault: 'silent' | 'late'): Promise<boolean> {
  let crash: () => void = () => {};
  const crashed = new Promise<true>((resolve) => {
    crash = () => resolve(true);
  });
  let from = Number.POSITIVE_INFINITY;
  let isDead = false;
  await using bench = await Bench.open({
    version,
    callTimeoutMs: SHORT_TIMEOUT_MS,
    faultOf: () => {
      if (isDead || bench.standIn.calls.length - from < number) return undefined;
      isDead = true;
      crash();
      return fault;
    },
  });
  const promotion = await trained(bench, UNREGISTERED);
  from = bench.standIn.calls.length;
  const { logged } = await bench.acceptTree(evaluation(promotion, 20));
  const isCrashed = await Promise.race([crashed, logged.then(() => false)]);
  if (isCrashed) {
    await bench.crash();
    await bench.start();
    bench.clock.at(QUARANTINE_MS / 2, () => bench.standIn.landLate());
    await bench.untilDelivered();
    bench.standIn.landLate();
  }
  expect(registeredIn(bench)?.versions.size, `call ${number}`).toBe(1);
  expect(holderIn(bench)).toBe('1');
  return isCrashed;
}
