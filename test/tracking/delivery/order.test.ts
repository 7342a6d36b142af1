import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../src/errors.ts';
import { Schedule } from '../../../src/tracking/delivery/schedule.ts';
import type { RecordedTree } from '../../../src/tracking/tree.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { sampleRun } from '../sample.ts';
import { Bench } from './bench.ts';

const RUN = { alias: 'champion', registeredModelName: 'diabetes' };
const HELD = {} as RecordedTree;

describe('which record is next', () => {
  const ids = (queue: Schedule, count: number) =>
    Array.from({ length: count }, () => {
      const entry = queue.take();
      if (entry !== undefined) queue.remove(entry);
      return entry?.id;
    });

  test('those that somebody waits for first, and every fourth time the oldest', () => {
    const queue = new Schedule(new FakeClock());
    for (const id of ['old 1', 'old 2', 'old 3']) queue.add(id);
    for (const id of ['new 1', 'new 2', 'new 3', 'new 4', 'new 5']) queue.add(id, HELD);
    expect(ids(queue, 9)).toEqual([
      ...['new 1', 'new 2', 'new 3', 'old 1'],
      ...['new 4', 'new 5', 'old 2', 'old 3', undefined],
    ]);
  });

  test('only so many are held in memory; the others are read back', () => {
    const queue = new Schedule(new FakeClock());
    const entries = Array.from({ length: 100 }, (_, index) => queue.add(String(index), HELD));
    expect(entries.filter(({ held }) => held !== undefined)).toHaveLength(32);
  });

  test('one that failed waits until it is time, and one under way is not taken again', async () => {
    const clock = new FakeClock();
    const queue = new Schedule(clock);
    const first = queue.add('first');
    queue.add('second');
    expect(queue.take()).toBe(first);
    expect(queue.take()?.id).toBe('second');
    expect([queue.take(), queue.waitMs()]).toEqual([undefined, Number.POSITIVE_INFINITY]);
    first.isUnderWay = false;
    first.notBeforeMs = 5_000;
    expect([queue.take(), queue.waitMs()]).toEqual([undefined, 5_000]);
    clock.at(5_000, () => {});
    clock.step();
    expect([queue.waitMs(), queue.take()]).toEqual([0, first]);
  });
});

describe.concurrent('an alias', () => {
  const holder = (bench: Bench) =>
    bench.standIn.registry.getRegisteredModel({ name: 'diabetes' }).registered_model.aliases?.[0]?.version;

  test('is not moved back by a training that was asked for earlier and comes later', async () => {
    await using bench = await Bench.open();
    const later = await bench.log({ ...RUN, startTimeMs: 2_000 });
    const earlier = await bench.log({ ...RUN, startTimeMs: 1_000 });
    expect(holder(bench)).toBe(later.run.modelVersion);
    const last = await bench.log({ ...RUN, startTimeMs: 3_000 });
    expect(holder(bench)).toBe(last.run.modelVersion);
    bench.expectEachOnce([later, earlier, last]);
  });

  test('points at the last of many that come at once', async () => {
    await using bench = await Bench.open({ atOnce: 8 });
    const times = [5, 3, 8, 1, 7, 2, 6, 4];
    const accepted = await Promise.all(times.map((startTimeMs) => bench.accept({ ...RUN, startTimeMs })));
    await bench.untilDelivered();
    const logged = await Promise.all(accepted.map((one) => one.logged));
    expect(holder(bench)).toBe(logged[times.indexOf(8)]?.modelVersion);
  });

  test('is taken from a version that is not ours', async () => {
    await using bench = await Bench.open();
    const { store, registry } = bench.standIn;
    const { experiment_id } = store.createExperiment({ name: 'theirs' });
    const { run } = store.createRun({ experiment_id, start_time: 9e15 });
    registry.createRegisteredModel({ name: 'diabetes' });
    registry.createModelVersion({ name: 'diabetes', source: 's', run_id: run.info.run_id });
    registry.setAlias({ name: 'diabetes', alias: 'champion', version: '1' });
    store.updateRun({ run_id: run.info.run_id, status: 'FINISHED' });
    await bench.log(RUN);
    expect(holder(bench)).toBe('2');
  });
});

describe.concurrent('pace', () => {
  test('a record that MLflow cannot digest does not hold up the others', async () => {
    let isIndigestible = true;
    await using bench = await Bench.open({
      faultOf: ({ name, body }) =>
        isIndigestible && name === 'runs/log-batch' && String(body).includes('indigestible')
          ? { status: 500 }
          : undefined,
    });
    const extraParams = { ...sampleRun().extraParams, test_size: 'indigestible' };
    const bad = await bench.accept({ extraParams });
    const comesMs = 600_000;
    await bench.untilTime(comesMs);
    const good = [];
    for (let index = 0; index < 20; index++) {
      good.push(await bench.accept());
      await bench.until(() => bench.spool.stats().pending === 1);
      if (index === 0) expect(bench.clock.now() - comesMs).toBeLessThan(2_000);
    }
    // Each of them came through at once, or after the second's pause that the bad one's failure costs.
    expect(bench.clock.now() - comesMs).toBeLessThan(25_000);
    expect(await bench.deliveries.find(bad.id)).toMatchObject({
      state: 'pending',
      lastError: { code: 'mlflow_failed' },
    });
    isIndigestible = false;
    await bench.untilDelivered();
    bench.expectEachOnce([...good, bad]);
  });

  test('a pause that MLflow asks for is kept', async () => {
    let faults = 0;
    await using bench = await Bench.open({
      faultOf: ({ name }) =>
        name === 'experiments/create' && faults++ < 4
          ? { status: 429, headers: { 'retry-after': '77' } }
          : undefined,
    });
    const accepted = [await bench.accept(), await bench.accept({ experimentName: 'other' })];
    await bench.until(() => faults > 0 && bench.scheduler.counts().underWay === 0);
    const calls = bench.standIn.calls.length;
    await bench.untilTime(76_000);
    expect(bench.standIn.calls.length).toBe(calls);
    await bench.untilDelivered();
    bench.expectEachOnce(accepted);
  });

  test('there is no MLflow yet: it is asked for again soon, and no try is counted', async () => {
    await using bench = await Bench.open();
    bench.unavailable = new UnavailableError('mlflow_starting', 'MLflow is not up yet.');
    const accepted = await bench.accept();
    await bench.untilTime(30_000);
    expect(await bench.deliveries.find(accepted.id)).toMatchObject({
      state: 'pending',
      attempts: 0,
      lastError: { code: 'mlflow_starting' },
    });
    bench.unavailable = undefined;
    await bench.untilDelivered();
    expect(bench.clock.now()).toBeLessThan(32_000);
    bench.expectEachOnce([accepted]);
  });

  test('no more than so many at once', async () => {
    for (const atOnce of [1, 3]) {
      const under = new Set<string>();
      let most = 0;
      await using bench = await Bench.open({
        atOnce,
        faultOf: ({ name, body }) => {
          const { run_id: runId } = name.startsWith('runs/')
            ? JSON.parse(String(body))
            : { run_id: undefined };
          if (name === 'runs/log-batch') under.add(runId);
          most = Math.max(most, under.size);
          if (name === 'runs/update FINISHED') under.delete(runId);
          return undefined;
        },
      });
      const accepted = await Promise.all(Array.from({ length: 12 }, () => bench.accept()));
      await bench.untilDelivered();
      bench.expectEachOnce(accepted);
      expect(most).toBe(atOnce);
    }
  });
});

describe.concurrent('stopping', () => {
  test('what is under way ends within the grace, and nothing new begins', async () => {
    let isHeld = true;
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await using bench = await Bench.open({
      atOnce: 1,
      beforeCall: ({ name }) => (name === 'runs/log-batch' && isHeld ? released : undefined),
    });
    const accepted = [await bench.accept(), await bench.accept()];
    await bench.until(() => bench.count('runs/log-batch') === 1);
    const stopped = bench.scheduler.stop(10_000);
    isHeld = false;
    release();
    await stopped;
    expect(bench.spool.stats().pending).toBe(1);
    bench.expectEachOnce([accepted[0]!]);
    await bench.crash();
    await bench.start();
    await bench.untilDelivered();
    bench.expectEachOnce(accepted);
  });

  test('what is not done by then is cut off, and taken up by the next process', async () => {
    let isSilent = true;
    await using bench = await Bench.open({
      faultOf: ({ name }) => (isSilent && name === 'PUT model.pkl' ? 'silent' : undefined),
    });
    await bench.reconnect(600_000);
    const accepted = await bench.accept();
    await bench.until(() => bench.count('PUT model.pkl') === 1);
    const stopped = bench.scheduler.stop(10_000);
    bench.clock.step();
    await stopped;
    expect(bench.scheduler.counts().underWay).toBe(0);
    await bench.crash();
    isSilent = false;
    await bench.start();
    await bench.untilDelivered();
    bench.expectEachOnce([accepted]);
  });
});

describe.concurrent('views', () => {
  test('by id, by key, and those of a state', async () => {
    await using bench = await Bench.open();
    const key = { digest: 'ab'.repeat(32), fingerprint: 'f' };
    const accepted = await bench.log({}, { answer: { accuracy: 0.79 }, key });
    const logged = accepted.run;
    const view = await bench.deliveries.find(accepted.id);
    expect(view).toMatchObject({
      id: accepted.id,
      state: 'delivered',
      experimentName: 'Diabetes',
      runName: 'Train-Run-Mon-Nov-23-01:49:33-2026',
      attempts: 1,
      logged,
      answer: { accuracy: 0.79 },
      key,
    });
    expect(await bench.deliveries.findByKey(key.digest)).toEqual(view);
    expect(await bench.deliveries.list('delivered')).toEqual([view]);
    expect(await bench.deliveries.list()).toEqual([]);
    expect(await bench.deliveries.list('dead')).toEqual([]);
    expect(await bench.deliveries.find('b7c5f1f0-0000-4000-8000-000000000000')).toBeUndefined();
    expect(await bench.deliveries.retry(accepted.id)).toBe(false);
    const { runId, runUrl, modelUri, modelUrl, modelVersion } = logged;
    expect([runUrl, modelUri, modelUrl, modelVersion]).toEqual([
      `${bench.standIn.url}/#/experiments/1/runs/${runId}?workflowType=machine_learning`,
      `runs:/${runId}/diabetes-model`,
      `${bench.standIn.url}/#/models/Diabetes_Train-Run_Mon-Nov-23-01.49.33-2026/versions/1?workflowType=machine_learning`,
      '1',
    ]);
  });

  test('without a state: those that are pending, then those that are dead', async () => {
    await using bench = await Bench.open({
      faultOf: ({ name, body }) =>
        name === 'runs/create' && String(body).includes('refused') ? { status: 400 } : undefined,
    });
    await bench.log();
    const dead = await bench.accept({ runName: 'refused' });
    await bench.untilDelivered();
    await bench.standIn.down();
    const pending = [await bench.accept(), await bench.accept()];
    const ids = (await bench.deliveries.list()).map(({ id }) => id);
    expect(ids).toEqual([...pending, dead].map(({ id }) => id));
  });

  test('a record that is damaged while it waits becomes a dead letter, and holds nothing up', async () => {
    await using bench = await Bench.open();
    await bench.standIn.down();
    const damaged = await bench.accept();
    await bench.until(() => bench.scheduler.counts().retried > 0);
    const folder = join(bench.dir, 'pending');
    const file = readdirSync(folder).find((name) => name.includes(damaged.id))!;
    const bytes = readFileSync(join(folder, file));
    bytes[bytes.length - 20]! ^= 1;
    writeFileSync(join(folder, file), bytes);
    const whole = await bench.accept();
    await bench.standIn.up();
    await bench.untilDelivered();
    await expect(damaged.logged).rejects.toMatchObject({ code: 'record_damaged' });
    bench.expectEachOnce([whole]);
    expect(await bench.deliveries.list('dead')).toMatchObject([
      { id: damaged.id, state: 'dead', lastError: { code: 'record_damaged' } },
    ]);
  });
});
