import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { TrackingRefusedError, TrackingUnreachableError } from '../../src/errors.ts';
import type { LoggedRun } from '../../src/result.ts';
import { MlflowLog } from '../../src/tracking/mlflowLog.ts';
import { type Fault, faultyProxy, type ProxiedRequest } from '../support/faultyProxy.ts';
import { experimentOf, loggedModelsOf, modelVersionsOf, runsOf } from '../support/mlflowApi.ts';
import { samplePipeline, sampleRun } from '../tracking/sample.ts';

/** Long for MLflow under the load of these tests; short for those that wait for it to pass. */
const TIMEOUT_MS = 4_000;

/** The calls of a delivery after the experiment is known, each with what it is known by. */
const CALLS: Readonly<
  Record<string, { majors: readonly number[]; is: (request: ProxiedRequest) => boolean }>
> = {
  'runs/create': { majors: [2, 3], is: ({ path }) => path.endsWith('runs/create') },
  'logged-models': { majors: [3], is: ({ path }) => path.endsWith('/logged-models') },
  'runs/log-batch': { majors: [2, 3], is: ({ path }) => path.endsWith('runs/log-batch') },
  'runs/log-inputs': { majors: [2, 3], is: ({ path }) => path.endsWith('runs/log-inputs') },
  'runs/outputs': { majors: [3], is: ({ path }) => path.endsWith('runs/outputs') },
  'PUT model.pkl': { majors: [2, 3], is: ({ path }) => path.endsWith('model.pkl') },
  'PUT MLmodel': { majors: [2, 3], is: ({ path }) => path.endsWith('MLmodel') },
  'status READY': { majors: [3], is: ({ body }) => body.includes('LOGGED_MODEL_READY') },
  'runs/log-model': { majors: [2], is: ({ path }) => path.endsWith('runs/log-model') },
  'registered-models/create': { majors: [2, 3], is: ({ path }) => path.endsWith('registered-models/create') },
  'model-versions/create': { majors: [2, 3], is: ({ path }) => path.endsWith('model-versions/create') },
  'registered-models/alias': { majors: [2, 3], is: ({ path }) => path.endsWith('registered-models/alias') },
  'status FINISHED': { majors: [2, 3], is: ({ body }) => body.includes('FINISHED') },
};
/** These are sent once; when the answer is lost, the first three are found again. */
const CREATES = ['runs/create', 'logged-models', 'model-versions/create', 'runs/log-model'];
const FOUND_AGAIN = CREATES.slice(0, 3);

const mlflow = inject('mlflow');

describe.skipIf(mlflow === null).each([
  { major: 3, url: mlflow?.mlflow3 ?? '' },
  { major: 2, url: mlflow?.mlflow2 ?? '' },
])('MLflow $major', ({ major, url }) => {
  const calls = Object.keys(CALLS).filter((name) => CALLS[name]!.majors.includes(major));

  /** What became of a training whose calls of one kind fail, the first one only or all of them. */
  async function outcomeOf(name: string, fault: Fault, once: boolean) {
    let faults = 0;
    await using proxy = await faultyProxy(url, (request) => {
      if (!CALLS[name]!.is(request) || (once && faults > 0)) return undefined;
      faults++;
      return fault;
    });
    const log = new MlflowLog({ trackingUri: proxy.url, timeoutMs: TIMEOUT_MS, env: {} });
    const experimentName = randomUUID();
    const run = sampleRun({
      experimentName,
      registeredModelName: `model ${experimentName}`,
      alias: 'champion',
    });
    const [settled] = await Promise.allSettled([log.logModel(samplePipeline(), run)]);
    await log.close();
    expect(faults, 'the fault happened').toBeGreaterThan(0);

    const { experiment_id: experimentId } = await experimentOf(url, experimentName);
    const runs = await runsOf(url, experimentId);
    const models = major === 3 ? await loggedModelsOf(url, experimentId) : [];
    const versions = await modelVersionsOf(url, run.registeredModelName);
    return { settled, runs, models, versions };
  }

  type Outcome = Awaited<ReturnType<typeof outcomeOf>>;

  function expectWhole({ settled, runs, models, versions }: Outcome) {
    expect(settled).toMatchObject({ status: 'fulfilled' });
    const { runId, modelVersion } = (settled as PromiseFulfilledResult<LoggedRun>).value;
    expect(runs.map(({ info }) => [info.run_id, info.status])).toEqual([[runId, 'FINISHED']]);
    expect(versions.map(({ version, run_id }) => [version, run_id])).toEqual([[modelVersion, runId]]);
    if (major === 3) expect(models.map(({ info }) => info.status)).toEqual(['LOGGED_MODEL_READY']);
  }

  function expectFailed({ settled, runs, models }: Outcome) {
    expect(settled).toMatchObject({ status: 'rejected' });
    const error = (settled as PromiseRejectedResult).reason;
    expect([TrackingRefusedError, TrackingUnreachableError]).toContain(error.constructor);
    expect(runs.map(({ info }) => [info.run_id, info.status])).toEqual([[error.details.runId, 'FAILED']]);
    expect(runs[0].info.end_time).toBeGreaterThan(0);
    for (const { info } of models) expect(info.status).not.toBe('LOGGED_MODEL_PENDING');
  }

  function expectNothing({ settled, runs }: Outcome) {
    expect(settled).toMatchObject({ status: 'rejected', reason: { details: {} } });
    expect(runs).toEqual([]);
  }

  test.each(calls)('%s fails for good: FAILED, never RUNNING', async (name) => {
    const faults: Fault[] = [400, 500, 503, 'cut'];
    const outcomes = await Promise.all(faults.map((fault) => outcomeOf(name, fault, false)));
    for (const outcome of outcomes) (name === 'runs/create' ? expectNothing : expectFailed)(outcome);
  });

  test('any of them is never answered: FAILED, never RUNNING', async () => {
    const outcomes = await Promise.all(calls.map((name) => outcomeOf(name, 'silent', false)));
    for (const [index, outcome] of outcomes.entries()) {
      (calls[index] === 'runs/create' ? expectNothing : expectFailed)(outcome);
    }
  });

  test.each(calls)('%s is carried out, but its answers get lost', async (name) => {
    const outcome = await outcomeOf(name, 'lost', false);
    (FOUND_AGAIN.includes(name) ? expectWhole : expectFailed)(outcome);
  });

  test.each(calls)('%s fails once: one whole run, or none', async (name) => {
    const isCreate = CREATES.includes(name);
    const expectLost = isCreate && !FOUND_AGAIN.includes(name) ? expectFailed : expectWhole;
    const expectCut = isCreate ? (name === 'runs/create' ? expectNothing : expectFailed) : expectWhole;
    const faults = ['lost', 'cut', 503, 429] as const;
    const [lost, cut, unavailable, busy] = await Promise.all(
      faults.map((fault) => outcomeOf(name, fault, true)),
    );
    expectLost(lost!);
    expectCut(cut!);
    expectCut(unavailable!);
    expectWhole(busy!);
  });
});
