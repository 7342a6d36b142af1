import { describe, expect, test } from 'vitest';
import { TrackingRefusedError } from '../../../src/errors.ts';
import { Bench } from './bench.ts';

const RUN = { alias: 'champion', registeredModelName: 'diabetes' };
/** What is sent in any delivery; all but the last two after the run was made. */
const CALLS = [
  ['3.17.2', 'runs/log-inputs'],
  ['3.17.2', 'registered-models/create'],
  ['3.17.2', 'logged-models'],
  ['3.17.2', 'runs/log-batch'],
  ['3.17.2', 'runs/outputs'],
  ['3.17.2', 'PUT MLmodel'],
  ['3.17.2', 'PATCH logged-models'],
  ['3.17.2', 'model-versions/create'],
  ['3.17.2', 'registered-models/get'],
  ['3.17.2', 'registered-models/alias'],
  ['3.17.2', 'runs/update FINISHED'],
  ['2.22.5', 'runs/log-model'],
  ['3.17.2', 'runs/create'],
  ['3.17.2', 'experiments/create'],
] as const;
const BEFORE_THE_RUN = ['runs/create', 'experiments/create'];

const runsIn = (bench: Bench) => [...bench.standIn.store.runs.values()];

describe.concurrent.each(CALLS)('MLflow %s refuses %s', (version, name) => {
  const hasRun = !BEFORE_THE_RUN.includes(name);

  test('a dead letter with the reason, and a FAILED run; put back, the same run gets whole', async () => {
    let isRefusing = true;
    await using bench = await Bench.open({
      version,
      // MLflow 3 refuses to set a model READY, and takes that its upload failed.
      faultOf: (call) =>
        isRefusing && call.name === name && !String(call.body).includes('UPLOAD_FAILED')
          ? { status: 400 }
          : undefined,
    });
    const accepted = await bench.accept(RUN);
    await bench.untilDelivered();
    const error = await accepted.logged.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TrackingRefusedError);
    const runs = runsIn(bench);
    expect(runs.map(({ info }) => info.status)).toEqual(hasRun ? ['FAILED'] : []);
    const runId = runs[0]?.info.run_id;
    expect(error).toMatchObject({ code: 'mlflow_refused', details: runId ? { runId } : {} });
    for (const { info } of bench.standIn.store.models.values()) {
      expect(info.status).toMatch(/^LOGGED_MODEL_(READY|UPLOAD_FAILED)$/);
    }
    expect(await bench.deliveries.find(accepted.id)).toMatchObject({
      state: 'dead',
      experimentName: 'Diabetes',
      attempts: 1,
      lastError: { code: 'mlflow_refused', message: expect.stringMatching(/400 FAULT/) },
      answer: { a: 1 },
    });

    isRefusing = false;
    expect(await bench.deliveries.retry(accepted.id)).toBe(true);
    await bench.untilDelivered();
    bench.expectEachOnce([accepted]);
    if (hasRun) {
      expect(runsIn(bench).map(({ info }) => info.run_id)).toEqual([runId]);
      const updates = bench.standIn.calls.filter((call) => call.name.startsWith('runs/update'));
      const statuses = updates.map((call) => call.name.split(' ')[1]);
      expect(statuses.slice(-3)).toEqual(['FAILED', 'RUNNING', 'FINISHED']);
    }
    expect(await bench.deliveries.find(accepted.id)).toMatchObject({ state: 'delivered' });
    expect(await bench.deliveries.retry(accepted.id)).toBe(false);
  });

  test('MLflow goes away before the run is ended: it is ended when MLflow is back, by any process', async () => {
    let isAway = false;
    await using bench = await Bench.open({
      version,
      faultOf: (call) => {
        if (isAway) return 'cut';
        if (call.name !== name) return undefined;
        isAway = true;
        return { status: 400 };
      },
    });
    const accepted = await bench.accept(RUN);
    await bench.until(() => isAway && bench.scheduler.counts().underWay === 0);
    await bench.untilTime(bench.clock.now() + 60_000);
    expect((await bench.deliveries.find(accepted.id))?.state).toBe(hasRun ? 'pending' : 'dead');
    await bench.crash();
    isAway = false;
    await bench.start();
    await bench.untilDelivered();
    expect((await bench.deliveries.find(accepted.id))?.state).toBe('dead');
    bench.expectNoneRunning();
    expect(runsIn(bench).map(({ info }) => info.status)).toEqual(hasRun ? ['FAILED'] : []);
  });
});

describe.concurrent('somebody changes MLflow meanwhile', () => {
  /** MLflow answers 503 to the first log-batch of a delivery, and then somebody does something. */
  async function interrupted(act: (bench: Bench, runId: string) => void, times = 1) {
    let acted = 0;
    const bench: Bench = await Bench.open({
      faultOf: ({ name, body }) => {
        if (name !== 'runs/log-batch' || acted >= times) return undefined;
        acted++;
        act(bench, JSON.parse(String(body)).run_id);
        return undefined;
      },
    });
    return bench;
  }

  test('the run is deleted: it is not made anew, and put back, delivered once it is restored', async () => {
    await using bench = await interrupted(({ standIn }, run_id) => standIn.store.deleteRun({ run_id }));
    const accepted = await bench.accept(RUN);
    await bench.untilDelivered();
    await expect(accepted.logged).rejects.toMatchObject({ code: 'mlflow_refused' });
    await bench.deliveries.retry(accepted.id);
    await bench.untilDelivered();
    const { info } = runsIn(bench)[0]!;
    expect(await bench.deliveries.find(accepted.id)).toMatchObject({
      state: 'dead',
      lastError: { code: 'run_deleted', message: expect.stringContaining(`--run-id ${info.run_id}`) },
    });
    bench.standIn.store.restoreRun(info);
    await bench.deliveries.retry(accepted.id);
    await bench.untilDelivered();
    bench.expectEachOnce([accepted]);
    expect(bench.count('runs/create')).toBe(1);
  });

  test('the experiment is deleted before: says how to restore it', async () => {
    await using bench = await Bench.open();
    const { experiment_id } = bench.standIn.store.createExperiment({ name: 'Diabetes' });
    bench.standIn.store.deleteExperiment({ experiment_id });
    const accepted = await bench.accept(RUN);
    await bench.untilDelivered();
    const refusal = { code: 'experiment_deleted', details: { field: 'exp_name' } };
    await expect(accepted.logged).rejects.toMatchObject(refusal);
    expect((await bench.deliveries.find(accepted.id))?.lastError).toMatchObject(refusal);
    bench.standIn.store.restoreExperiment({ experiment_id });
    await bench.deliveries.retry(accepted.id);
    await bench.untilDelivered();
    bench.expectEachOnce([accepted]);
  });

  test('MLflow comes back empty-handed: everything is made anew, once', async () => {
    await using bench = await interrupted(({ standIn }) => standIn.loseDatabase());
    const accepted = await bench.accept(RUN);
    await bench.untilDelivered();
    bench.expectEachOnce([accepted]);
    expect(bench.count('runs/create')).toBe(2);
  });

  test('an MLflow that loses everything again and again does not get run after run', async () => {
    await using bench = await interrupted(({ standIn }) => standIn.loseDatabase(), Number.POSITIVE_INFINITY);
    const accepted = await bench.accept(RUN);
    await bench.untilDelivered();
    await expect(accepted.logged).rejects.toMatchObject({ code: 'run_lost' });
    expect(bench.count('runs/create')).toBe(2);
  });

  test('the registered model is deleted: it is made once more', async () => {
    let isDeleted = false;
    await using bench = await Bench.open({
      faultOf: ({ name }) => {
        if (name === 'model-versions/create' && !isDeleted) {
          isDeleted = true;
          bench.standIn.registry.registered.clear();
        }
        return undefined;
      },
    });
    const accepted = await bench.accept(RUN);
    await bench.untilDelivered();
    bench.expectEachOnce([accepted]);
  });

  test('the version is deleted after FINISHED and before the receipt: it is made once more', async () => {
    let finished = 0;
    await using bench = await Bench.open({
      faultOf: ({ name }) => (name === 'runs/update FINISHED' && finished++ === 0 ? 'stuck' : undefined),
    });
    const accepted = await bench.accept(RUN);
    await bench.until(() => finished > 0);
    await bench.crash();
    bench.standIn.registry.registered.clear();
    await bench.start();
    await bench.untilDelivered();
    bench.expectEachOnce([accepted]);
  });
});
