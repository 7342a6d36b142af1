import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { LoggedRun, TrackedRun } from '../../src/values/run.ts';
import { drawn } from '../support/draws.ts';
import { type Fault, faultyProxy, type ProxiedRequest } from '../support/faultyProxy.ts';
import { byKey, experimentOf, loggedModelsOf, modelVersionsOf, runsOf } from '../support/mlflowApi.ts';
import { mlflowServers } from '../support/mlflowServers.ts';
import { SpooledLog } from '../support/spooledLog.ts';
import { samplePipeline, sampleRun } from '../tracking/sample.ts';

/** Longer than any call, so that no call meets another fault than the fault of the test. */
const TIMEOUT_MS = 600_000;
/** For calls without an answer. A slow call that exceeds the timeout takes effect before the quarantine ends. */
const SHORT_TIMES = { timeoutMs: 10_000, quarantineMs: 10_000 };

/** The calls of a delivery after the experiment is known. `is` recognises the call. */
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

/** Calls that create something each time, and the last call. */
const CREATES = /create$|^logged-models$|log-model$|FINISHED$/;
const mlflow = await mlflowServers();

describe.skipIf(mlflow === null).each([
  { major: 3, url: mlflow?.mlflow3 ?? '' },
  { major: 2, url: mlflow?.mlflow2 ?? '' },
])('MLflow $major', ({ major, url }) => {
  const all = Object.keys(CALLS).filter((name) => CALLS[name]!.majors.includes(major));
  // `test/tracking/delivery/faults.test.ts` tries every fault at every call of the stand-in, which answers as MLflow does.
  const others = all.filter((name) => !CREATES.test(name));
  const calls = [...all.filter((name) => CREATES.test(name)), ...drawn(others, 0)];
  const newRun = () => {
    const experimentName = randomUUID();
    return sampleRun({ experimentName, registeredModelName: `model ${experimentName}`, alias: 'champion' });
  };

  async function inMlflow({ experimentName, registeredModelName }: TrackedRun) {
    const { experiment_id: experimentId } = await experimentOf(url, experimentName);
    const runs = await runsOf(url, experimentId);
    const models = major === 3 ? await loggedModelsOf(url, experimentId) : [];
    const versions = await modelVersionsOf(url, registeredModelName);
    return { runs, models, versions };
  }

  async function expectWhole(run: TrackedRun, { runId, modelVersion }: LoggedRun) {
    const { runs, models, versions } = await inMlflow(run);
    expect(runs.map(({ info }) => [info.run_id, info.status])).toEqual([[runId, 'FINISHED']]);
    expect(versions.map(({ version, run_id }) => [version, run_id])).toEqual([[modelVersion, runId]]);
    expect(runs[0].inputs.dataset_inputs).toHaveLength(2);
    if (major === 3) {
      expect(models.map(({ info }) => info.status)).toEqual(['LOGGED_MODEL_READY']);
      expect(runs[0].outputs.model_outputs).toHaveLength(1);
    } else {
      const listed = byKey(runs[0].data.tags)['mlflow.log-model.history'];
      expect(JSON.parse(String(listed))).toHaveLength(1);
    }
  }

  /** Logs a training. One of its calls meets a fault once. */
  async function logThrough(name: string, fault: Fault, times: Partial<typeof SHORT_TIMES> = {}) {
    let faulted = 0;
    await using proxy = await faultyProxy(url, (request) =>
      CALLS[name]!.is(request) && faulted++ === 0 ? fault : undefined,
    );
    await using log = await SpooledLog.open({ trackingUri: proxy.url, timeoutMs: TIMEOUT_MS, ...times });
    const run = newRun();
    const logged = await log.logModel(samplePipeline(), run);
    expect(faulted, 'the fault happened').toBeGreaterThan(0);
    return { run, logged };
  }

  test.each(calls)('there is one whole run in the end, if %s fails', async (name) => {
    const faults: Fault[] = ['lost', 'cut', 503, 429];
    const logged = await Promise.all(faults.map((fault) => logThrough(name, fault)));
    for (const one of logged) await expectWhole(one.run, one.logged);
  });

  test('there is one whole run in the end, if any of the calls gets no answer', async () => {
    const logged = await Promise.all(calls.map((name) => logThrough(name, 'silent', SHORT_TIMES)));
    for (const one of logged) await expectWhole(one.run, one.logged);
  });

  test.each(calls)(
    'the next process makes a run whole, if a process ends at %s, whether MLflow carries the call out or not',
    async (name) => {
      const dir = await mkdtemp(join(tmpdir(), 'trainpost-spool-'));
      for (const fault of ['lost', 'silent'] as const) {
        let meet: () => void = () => {};
        const met = new Promise<void>((resolve) => {
          meet = resolve;
        });
        let isMet = false;
        await using proxy = await faultyProxy(url, (request) => {
          if (isMet || !CALLS[name]!.is(request)) return undefined;
          isMet = true;
          meet();
          return fault;
        });
        const run = newRun();
        const options = { trackingUri: proxy.url, timeoutMs: TIMEOUT_MS, dir };
        {
          await using log = await SpooledLog.open(options);
          await log.accept(samplePipeline(), run);
          await met;
        }
        await using log = await SpooledLog.open(options);
        while (log.spool.stats().pending > 0) await sleep(50);
        const [view] = await log.deliveries.list('delivered');
        await expectWhole(run, view!.logged!);
      }
      await rm(dir, { recursive: true });
    },
  );

  test.each(calls)(
    'a training becomes a dead letter and a FAILED run if %s is refused, and is whole once it is put back',
    async (name) => {
      let isRefusing = true;
      await using proxy = await faultyProxy(url, (request) =>
        isRefusing && CALLS[name]!.is(request) ? 400 : undefined,
      );
      await using log = await SpooledLog.open({ trackingUri: proxy.url, timeoutMs: TIMEOUT_MS });
      const run = newRun();
      const { id, logged } = await log.accept(samplePipeline(), run);
      await expect(logged).rejects.toMatchObject({ code: 'mlflow_refused' });
      const { runs, models } = await inMlflow(run);
      expect(runs.map(({ info }) => info.status)).toEqual(name === 'runs/create' ? [] : ['FAILED']);
      for (const { info } of models) expect(info.status).not.toBe('LOGGED_MODEL_PENDING');

      isRefusing = false;
      expect(await log.deliveries.retry(id)).toBe(true);
      while (log.spool.stats().pending > 0) await sleep(50);
      const view = await log.deliveries.find(id);
      await expectWhole(run, view!.logged!);
      if (name !== 'runs/create') expect(view!.logged!.runId).toBe(runs[0].info.run_id);
    },
  );
});
