import { describe, expect, test } from 'vitest';
import { CallFailedError } from '../../../src/tracking/callErrors.ts';
import { MlflowClient } from '../../../src/tracking/client.ts';
import { REQUEST_ID_TAG } from '../../../src/tracking/tree.ts';
import { Bench, CALL_TIMEOUT_MS, QUARANTINE_MS, RECHECK_MS } from './bench.ts';

const RUN = { alias: 'champion', registeredModelName: 'diabetes' };

/** What MLflow makes anew each time it is asked. */
const CREATES = [
  ['runs/create', '3.17.2'],
  ['logged-models', '3.17.2'],
  ['model-versions/create', '3.17.2'],
  ['runs/log-model', '2.22.5'],
] as const;

/** The first call of a name breaks, and is carried out when the test lets it land. */
const firstLate = (late: string) => {
  let isPast = false;
  return ({ name }: { name: string }) => {
    if (name !== late || isPast) return undefined;
    isPast = true;
    return 'late';
  };
};

describe.concurrent.each(CREATES)('%s of MLflow %s', (name, version) => {
  const open = (quarantineMs = QUARANTINE_MS) =>
    Bench.open({ version, faultOf: firstLate(name), quarantineMs });

  test('lands within the quarantine: it is found, and not made anew', async () => {
    await using bench = await open();
    const accepted = await bench.accept(RUN);
    bench.clock.at(QUARANTINE_MS / 2, () => bench.standIn.landLate());
    await bench.untilTime(QUARANTINE_MS / 2 - 1);
    expect([bench.count(name), bench.spool.stats().pending]).toEqual([1, 1]);
    await bench.untilDelivered();
    expect(bench.clock.now()).toBeLessThan(QUARANTINE_MS);
    expect(bench.count(name)).toBe(1);
    bench.expectEachOnce([accepted]);
  });

  test('lands after it: it was made anew, and the recheck removes the double', async () => {
    await using bench = await open();
    const accepted = await bench.accept(RUN);
    await bench.untilTime(QUARANTINE_MS - 1);
    expect(bench.count(name)).toBe(1);
    expect((await bench.deliveries.find(accepted.id))?.lastError).toMatchObject({
      code: 'mlflow_in_doubt',
      message: expect.stringMatching(/was lost\. trainpost searches MLflow for it\. Before that: .+/),
    });
    await bench.untilDelivered();
    expect(bench.clock.now()).toBeGreaterThanOrEqual(QUARANTINE_MS);
    expect(bench.count(name)).toBe(2);
    bench.expectEachOnce([accepted]);

    bench.standIn.landLate();
    expect(() => bench.expectEachOnce([accepted]), 'there is a double').toThrow();
    await bench.untilTime(QUARANTINE_MS + RECHECK_MS + 1_000);
    bench.expectEachOnce([accepted]);
    expect(bench.scheduler.counts().doublesRemoved).toBe(1);
    const aliasVersion = bench.standIn.registry.getRegisteredModel({ name: 'diabetes' }).registered_model
      .aliases;
    expect(aliasVersion).toEqual([{ alias: 'champion', version: (await accepted.logged).modelVersion }]);
  });

  test('the recheck is not forgotten by a restart, and done once', async () => {
    await using bench = await open();
    const accepted = await bench.accept(RUN);
    await bench.untilDelivered();
    const deliveredMs = bench.clock.now();
    await bench.crash();
    bench.standIn.landLate();
    await bench.start();
    await bench.until(() => bench.scheduler.counts().doublesRemoved === 1);
    expect(bench.clock.now()).toBeGreaterThanOrEqual(deliveredMs + RECHECK_MS);
    bench.expectEachOnce([accepted]);
    // It is noted in the receipt a moment after the double is gone.
    await bench.until(() => bench.scheduler.counts().underWay === 0);
    expect((await bench.spool.find(accepted.id))?.outcome).not.toHaveProperty('recheck');
    expect((await bench.deliveries.find(accepted.id))?.logged).toEqual(await accepted.logged);
  });

  test('a process that ends after it was made anew: the next one knows that there may be two', async () => {
    const late = firstLate(name);
    let isDead = false;
    await using bench = await Bench.open({
      version,
      faultOf: (call) => {
        if (call.name !== 'runs/update FINISHED' || isDead) return late(call);
        isDead = true;
        return 'silent';
      },
    });
    const accepted = await bench.accept(RUN);
    await bench.until(() => isDead);
    expect(bench.count(name)).toBe(2);
    await bench.crash();
    await bench.start();
    await bench.untilDelivered();
    bench.expectEachOnce([accepted]);
    bench.standIn.landLate();
    await bench.until(() => bench.scheduler.counts().doublesRemoved === 1);
    bench.expectEachOnce([accepted]);
  });

  test('a process that ends in the quarantine: it begins in full again', async () => {
    await using bench = await open();
    const accepted = await bench.accept(RUN);
    await bench.untilTime(QUARANTINE_MS - 20_000);
    await bench.crash();
    await bench.start();
    const startedMs = bench.clock.now();
    await bench.untilTime(startedMs + QUARANTINE_MS - 1);
    expect(bench.count(name)).toBe(1);
    await bench.untilDelivered();
    bench.expectEachOnce([accepted]);
  });

  test('without a quarantine there are doubles: the control of these tests', async () => {
    await using bench = await open(0);
    const accepted = await bench.accept(RUN);
    await bench.untilDelivered();
    bench.standIn.landLate();
    expect(() => bench.expectEachOnce([accepted])).toThrow();
  });
});

test('a naive client, which sends a create again, makes doubles of what this one makes once', async () => {
  let faults = 0;
  await using bench = await Bench.open({
    faultOf: ({ name }) => (name === 'runs/create' && faults++ % 2 === 0 ? 'lost' : undefined),
  });
  const client = new MlflowClient({ trackingUri: bench.standIn.url, timeoutMs: CALL_TIMEOUT_MS });
  const { experiment_id } = bench.standIn.store.createExperiment({ name: 'naive' });
  const tags = { [REQUEST_ID_TAG]: 'naive' };
  const naive = { experimentId: experiment_id, user: 'ada', runName: 'r', startTimeMs: 1, tags };
  const create = () => client.createRun(naive);
  await create().catch((error: unknown) => {
    expect(error).toBeInstanceOf(CallFailedError);
    return create();
  });
  expect(await client.findRuns(experiment_id, REQUEST_ID_TAG, 'naive')).toHaveLength(2);
  await client.close();

  const { experimentId } = (await bench.log()).run;
  expect(faults).toBe(3);
  const { runs } = bench.standIn.store.searchRuns({ experiment_ids: [experimentId], run_view_type: 'ALL' });
  expect(runs).toHaveLength(1);
});

test('a recheck takes a request that something on its way repeated, and leaves what somebody registered later', async () => {
  await using bench = await Bench.open({});
  const accepted = await bench.accept(RUN);
  await bench.untilDelivered();
  const { runId, registeredModelName: name, modelVersion } = await accepted.logged;
  const { registry } = bench.standIn;
  const versions = () => registry.searchModelVersions({ filter: `run_id='${runId}'` }).model_versions ?? [];
  const [ours] = versions();
  const { source, creation_timestamp } = ours!;
  registry.createModelVersion({ name, source, run_id: runId, creation_timestamp: creation_timestamp + 999 });
  registry.createModelVersion({
    name,
    source,
    run_id: runId,
    creation_timestamp: creation_timestamp + 1_000,
  });
  await bench.until(() => bench.scheduler.counts().doublesRemoved === 1);
  await bench.until(() => bench.scheduler.counts().underWay === 0);
  expect(versions().map(({ version }) => version)).toEqual(['3', modelVersion]);
});

test('a call that sets a run back and lands late does not leave it RUNNING', async () => {
  let isRefusing = true;
  const late = firstLate('runs/update RUNNING');
  await using bench = await Bench.open({
    faultOf: (call) => (call.name === 'runs/log-batch' && isRefusing ? { status: 400 } : late(call)),
  });
  const accepted = await bench.accept();
  await bench.untilDelivered();
  await expect(accepted.logged).rejects.toMatchObject({ code: 'mlflow_refused' });
  isRefusing = false;
  await bench.deliveries.retry(accepted.id);
  await bench.untilDelivered();
  bench.expectEachOnce([accepted]);
  expect(bench.count('runs/update RUNNING')).toBe(2);
  bench.standIn.landLate();
  await bench.untilTime(RECHECK_MS + 60_000);
  bench.expectEachOnce([accepted]);
});

test('a model that is there twice: the next process goes on with the one that the run says it made', async () => {
  let made = 0;
  let put = 0;
  await using bench = await Bench.open({
    faultOf: ({ name, body }) => {
      // What repeats a request on its way; the answer is that of the second one.
      if (name === 'logged-models' && made++ === 0) {
        const { model } = bench.standIn.store.createLoggedModel(JSON.parse(body.toString()));
        bench.standIn.store.models.get(model.info.model_id).info.creation_timestamp_ms -= 1;
      }
      return name === 'PUT MLmodel' && put++ === 0 ? 'silent' : undefined;
    },
  });
  const accepted = await bench.accept(RUN);
  // The id is not noted yet.
  await bench.until(() => put > 0 && bench.count('runs/outputs') > 0);
  await bench.crash();
  await bench.start();
  await bench.untilDelivered();
  await bench.untilTime(bench.clock.now() + RECHECK_MS + 1_000);
  bench.expectEachOnce([accepted]);
  const [run] = bench.standIn.store.runs.values();
  const models = [...bench.standIn.store.models.values()].filter(({ isDeleted }) => !isDeleted);
  expect(run?.outputs.map(({ model_id }) => model_id)).toEqual(models.map(({ info }) => info.model_id));
});
