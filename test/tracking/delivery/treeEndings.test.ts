import { describe, expect, test } from 'vitest';
import { REQUEST_ID_TAG } from '../../../src/tracking/tree.ts';
import type { StandInCall } from '../../support/standInMlflow.ts';
import { Bench, QUARANTINE_MS } from './bench.ts';
import { expectWholeTrees, nodeOf, sampleTree } from './trees.ts';

const runOf = ({ standIn }: Bench, key: string) =>
  [...standIn.store.runs.values()].find(
    ({ tags }) => (tags.get(REQUEST_ID_TAG)?.split('.')[1] ?? 'root') === key,
  );
const statusesIn = ({ standIn }: Bench) =>
  [...standIn.store.runs.values()].map(({ info }) => info.status).sort();
const createsIn = (bench: Bench) => bench.count('runs/create');

const CALLS = [
  ['3.17.2', 'c0', 'runs/create'],
  ['3.17.2', 'c0', 'runs/log-batch'],
  ['3.17.2', 'c0', 'runs/log-inputs'],
  ['3.17.2', 'c0', 'PUT roc.svg'],
  ['3.17.2', 'c0', 'runs/update FINISHED'],
  ['3.17.2', 'c1', 'logged-models'],
  ['3.17.2', 'c1', 'PATCH logged-models'],
  ['3.17.2', 'c1', 'model-versions/create'],
  ['2.22.5', 'c1', 'runs/log-model'],
  ['3.17.2', 'c9', 'runs/update FAILED'],
  ['3.17.2', 'root', 'runs/log-batch'],
  ['3.17.2', 'root', 'model-versions/create'],
] as const;

describe.concurrent.each(CALLS)('MLflow %s refuses of %s: %s', (version, node, name) => {
  const isIt = (bench: Bench, call: StandInCall) =>
    call.name === name && nodeOf(bench.standIn, call) === node;

  test('a dead letter, and no run RUNNING; retried, the same runs get whole', async () => {
    let isRefusing = true;
    await using bench = await Bench.open({
      version,
      // Once: ending a run FAILED, as a dead letter's runs are, is the same call as that of a child which FAILED.
      faultOf: (call) => {
        if (!isRefusing || !isIt(bench, call)) return undefined;
        isRefusing = false;
        return { status: 400 };
      },
    });
    const recorded = sampleTree(10);
    const accepted = await bench.acceptTree(recorded);
    await bench.untilDelivered();
    await expect(accepted.logged).rejects.toMatchObject({ code: 'mlflow_refused' });
    bench.expectNoneRunning();
    expect(runOf(bench, 'root')?.info.status).toBe('FAILED');
    // Children that were whole by then stay whole.
    expect(statusesIn(bench)).toContain('FINISHED');
    for (const { info } of bench.standIn.store.models.values()) {
      expect(info.status).toMatch(/^LOGGED_MODEL_(READY|UPLOAD_FAILED)$/);
    }
    const before = [...bench.standIn.store.runs.keys()];
    expect(await bench.deliveries.find(accepted.id)).toMatchObject({
      state: 'dead',
      lastError: { code: 'mlflow_refused' },
    });
    expect(await bench.deliveries.retry(accepted.id)).toBe(true);
    await bench.untilDelivered();
    expectWholeTrees(bench.standIn, [recorded.tree]);
    expect([...bench.standIn.store.runs.keys()]).toEqual(expect.arrayContaining(before));
    expect(bench.standIn.store.runs.size).toBe(11);
  });

  test('MLflow goes away before the runs are ended: they are ended when it is back, by another process', async () => {
    let isAway = false;
    let isPast = false;
    await using bench = await Bench.open({
      version,
      faultOf: (call) => {
        if (isAway) return 'cut';
        if (isPast || !isIt(bench, call)) return undefined;
        isAway = true;
        isPast = true;
        return { status: 400 };
      },
    });
    const accepted = await bench.acceptTree(sampleTree(10));
    await bench.until(() => isAway && bench.scheduler.counts().underWay === 0);
    await bench.untilTime(bench.clock.now() + 60_000);
    expect((await bench.deliveries.find(accepted.id))?.state).toBe('pending');
    await bench.crash();
    isAway = false;
    await bench.start();
    await bench.untilDelivered();
    expect((await bench.deliveries.find(accepted.id))?.state).toBe('dead');
    bench.expectNoneRunning();
  });
});

describe.concurrent('somebody deletes a child', () => {
  /** Does something at the first call of that name for a node. */
  async function atCall(node: string, name: string, act: (bench: Bench) => void) {
    let isDone = false;
    const bench: Bench = await Bench.open({
      faultOf: (call) => {
        if (isDone || call.name !== name || nodeOf(bench.standIn, call) !== node) return undefined;
        isDone = true;
        act(bench);
        return undefined;
      },
    });
    return bench;
  }
  const deleteRun = (bench: Bench, key: string) =>
    bench.standIn.store.deleteRun({ run_id: runOf(bench, key)?.info.run_id });

  test.each([
    ['before it is filled', 'c2', 'runs/log-batch'],
    ['before it is ended', 'c2', 'runs/update FINISHED'],
    ['with a model, before that is made', 'c1', 'logged-models'],
  ])('%s: it is noted and left out, and the rest is whole', async (_, key, name) => {
    await using bench = await atCall(key, name, (one) => deleteRun(one, key));
    const recorded = sampleTree(10);
    const accepted = await bench.acceptTree(recorded);
    await bench.untilDelivered();
    await accepted.logged;
    expectWholeTrees(bench.standIn, [recorded.tree], [key]);
    expect(createsIn(bench)).toBe(11);
    await bench.until(() => bench.events.length > 0);
    expect(bench.events).toMatchObject([{ is: 'delivered', deleted: [key] }]);
    expect((await bench.spool.find(accepted.id))?.outcome).toMatchObject({ deleted: [key] });
  });

  test('after it was whole: the rest goes on', async () => {
    await using bench = await atCall('root', 'runs/log-batch', (one) => deleteRun(one, 'c2'));
    const recorded = sampleTree(10);
    await (await bench.acceptTree(recorded)).logged;
    await bench.untilDelivered();
    expectWholeTrees(bench.standIn, [recorded.tree], ['c2']);
  });

  test.each([false, true])(
    'between two processes (and empties the bin: %s): it is not made again',
    async (isEmptied) => {
      let isHeld = true;
      await using bench = await Bench.open({
        faultOf: (call) =>
          isHeld && call.name === 'runs/log-batch' && nodeOf(bench.standIn, call) === 'c2'
            ? 'cut'
            : undefined,
      });
      const recorded = sampleTree(10);
      const accepted = await bench.acceptTree(recorded);
      await bench.until(() => bench.scheduler.counts().retried > 0);
      await bench.crash();
      isHeld = false;
      deleteRun(bench, 'c2');
      // The process that sees it in the bin ends before the root does.
      bench.standIn.faultOf = ({ name }) => (name === 'registered-models/create' ? 'cut' : undefined);
      await bench.start();
      await bench.until(() => bench.scheduler.counts().retried > 0);
      await bench.crash();
      const runId = runOf(bench, 'c2')?.info.run_id;
      if (isEmptied) bench.standIn.store.runs.delete(runId);
      bench.standIn.faultOf = () => undefined;
      await bench.start();
      await bench.untilDelivered();
      expectWholeTrees(bench.standIn, [recorded.tree], ['c2']);
      expect((await bench.spool.find(accepted.id))?.outcome).toMatchObject({ deleted: ['c2'] });
      expect(createsIn(bench)).toBe(11);
    },
  );

  test('and restores it: it gets whole', async () => {
    await using bench = await atCall('c2', 'runs/log-batch', (one) => deleteRun(one, 'c2'));
    const { faultOf } = bench.standIn;
    bench.standIn.faultOf = (call) =>
      faultOf(call) ??
      (call.name === 'runs/update FINISHED' && nodeOf(bench.standIn, call) === 'root'
        ? { status: 400 }
        : undefined);
    const recorded = sampleTree(10);
    const accepted = await bench.acceptTree(recorded);
    await bench.untilDelivered();
    expect((await bench.spool.find(accepted.id))?.outcome).toMatchObject({ deleted: ['c2'] });
    bench.standIn.faultOf = () => undefined;
    bench.standIn.store.restoreRun({ run_id: runOf(bench, 'c2')?.info.run_id });
    await bench.deliveries.retry(accepted.id);
    await bench.untilDelivered();
    expectWholeTrees(bench.standIn, [recorded.tree]);
    expect((await bench.spool.find(accepted.id))?.outcome).not.toHaveProperty('deleted');
  });

  test('MLflow has lost a child: it is made anew, once', async () => {
    await using bench = await atCall('c2', 'runs/log-batch', (one) => {
      one.standIn.store.runs.delete(runOf(one, 'c2')?.info.run_id);
    });
    const recorded = sampleTree(10);
    await bench.acceptTree(recorded);
    await bench.untilDelivered();
    expectWholeTrees(bench.standIn, [recorded.tree]);
    expect(createsIn(bench)).toBe(12);
  });

  test('MLflow loses a child again and again: says so', async () => {
    await using bench = await Bench.open({
      faultOf: (call) => {
        if (call.name === 'runs/log-batch' && nodeOf(bench.standIn, call) === 'c2') {
          bench.standIn.store.runs.delete(runOf(bench, 'c2')?.info.run_id);
        }
        return undefined;
      },
    });
    const accepted = await bench.acceptTree(sampleTree(10));
    await bench.untilDelivered();
    await expect(accepted.logged).rejects.toMatchObject({ code: 'run_lost' });
    expect(createsIn(bench)).toBe(12);
    bench.expectNoneRunning();
  });

  test('MLflow comes back empty-handed: the whole tree is made anew', async () => {
    await using bench = await atCall('c9', 'runs/log-inputs', ({ standIn }) => standIn.loseDatabase());
    const recorded = sampleTree(10);
    await bench.acceptTree(recorded);
    await bench.untilDelivered();
    expectWholeTrees(bench.standIn, [recorded.tree]);
    expect(createsIn(bench)).toBe(22);
    expect(bench.clock.now()).toBeLessThan(QUARANTINE_MS);
  });

  test('or rather the experiment: a dead letter, whole once the experiment is restored', async () => {
    await using bench = await atCall('c9', 'runs/log-inputs', ({ standIn }) =>
      standIn.store.deleteExperiment({ experiment_id: '1' }),
    );
    const recorded = sampleTree(10);
    const accepted = await bench.acceptTree(recorded);
    await bench.untilDelivered();
    expect(await bench.deliveries.find(accepted.id)).toMatchObject({ state: 'dead' });
    bench.standIn.store.restoreExperiment({ experiment_id: '1' });
    await bench.deliveries.retry(accepted.id);
    await bench.untilDelivered();
    expectWholeTrees(bench.standIn, [recorded.tree]);
    expect(createsIn(bench)).toBe(11);
  });
});
