import { describe, expect, test } from 'vitest';
import { pageSize } from '../../../src/tracking/delivery/treeRuns.ts';
import { REQUEST_ID_TAG } from '../../../src/tracking/tree.ts';
import type { StandInCall, StandInFault } from '../../support/standInMlflow.ts';
import { Bench, SHORT_TIMEOUT_MS } from './bench.ts';
import { expectWholeTrees, nodeOf, sampleTree } from './trees.ts';

const VERSIONS = ['3.17.2', '2.22.5'] as const;
/** Children that are delivered side by side, and children that are noted with one write. */
const LANES = 4;
const NOTED = 8;

describe.concurrent.each(VERSIONS)('a tree in MLflow %s', (version) => {
  test('is whole: the root, a child with files, one with a model, one that FAILED', async () => {
    await using bench = await Bench.open({ version });
    const recorded = sampleTree(4);
    const accepted = await bench.acceptTree(recorded);
    await bench.untilDelivered();
    expectWholeTrees(bench.standIn, [recorded.tree]);
    const { runId } = await accepted.logged;
    expect(bench.standIn.store.runs.get(runId)?.tags.get(REQUEST_ID_TAG)).toBe(accepted.id);
  });

  test('has its root last: when it reads FINISHED all children do, and its model comes after them', async () => {
    const order: string[] = [];
    await using bench = await Bench.open({
      version,
      beforeCall: (call) => {
        const { name } = call;
        if (/^(runs\/create|runs\/update|logged-models$|runs\/log-model|model-versions\/create)/.test(name)) {
          order.push(`${nodeOf(bench.standIn, call)} ${name}`);
        }
      },
    });
    await bench.acceptTree(sampleTree(3));
    await bench.untilDelivered();
    const model = version === '3.17.2' ? 'logged-models' : 'runs/log-model';
    const ends = ['c0 runs/update FINISHED', 'c1 runs/update FINISHED', 'c2 runs/update FAILED'];
    expect(order[0]).toBe('root runs/create');
    expect(order.slice(-3)).toEqual([
      `root ${model}`,
      'root model-versions/create',
      'root runs/update FINISHED',
    ]);
    expect(
      order
        .slice(1, -3)
        .filter((one) => /update/.test(one))
        .sort(),
    ).toEqual(ends);
    for (const key of ['c0', 'c1', 'c2']) {
      const ofChild = order.filter((one) => one.startsWith(key));
      expect([ofChild[0], ofChild.at(-1)]).toEqual([
        `${key} runs/create`,
        ends.find((one) => one.startsWith(key)),
      ]);
    }
  });

  test('has children side by side, and one write of attempts for several', async () => {
    let under = 0;
    let most = 0;
    await using bench = await Bench.open({
      version,
      beforeCall: (call) => {
        const { name } = call;
        const isChild = nodeOf(bench.standIn, call) !== 'root';
        if (isChild && name === 'runs/create') under++;
        most = Math.max(most, under);
        if (isChild && /^runs\/update F/.test(name)) under--;
      },
    });
    const recorded = sampleTree(20);
    const id = (await bench.acceptTree(recorded)).id;
    await bench.untilDelivered();
    expectWholeTrees(bench.standIn, [recorded.tree]);
    expect(most).toBe(LANES);
    const notes = ((await bench.spool.load(id))?.notes ?? []) as { attempted?: string }[][];
    const counts = notes.map(
      (note) => note.filter(({ attempted }) => /^c\d+\/run$/.test(attempted ?? '')).length,
    );
    expect(counts.filter((count) => count > 0)).toEqual([NOTED, NOTED, 4]);
  });
});

test('a process that comes after another finds all children with one search, and makes none of them again', async () => {
  let isDead = false;
  let crash: () => void = () => {};
  const crashed = new Promise<void>((resolve) => {
    crash = resolve;
  });
  await using bench = await Bench.open({
    callTimeoutMs: SHORT_TIMEOUT_MS,
    faultOf: (call) => {
      if (isDead || call.name !== 'runs/update FINISHED' || nodeOf(bench.standIn, call) !== 'root')
        return undefined;
      isDead = true;
      crash();
      return 'silent';
    },
  });
  const recorded = sampleTree(20);
  await bench.acceptTree(recorded);
  await crashed;
  await bench.crash();
  const before = bench.standIn.calls.length;
  await bench.start();
  await bench.untilDelivered();
  expectWholeTrees(bench.standIn, [recorded.tree]);
  const names = bench.standIn.calls.slice(before).map(({ name }) => name);
  expect(names.filter((name) => name === 'runs/search')).toHaveLength(1);
  expect(names).not.toContain('runs/create');
  // Nothing of a whole child is sent again. A child that FAILED may not be whole.
  expect(names.filter((name) => name === 'runs/log-batch')).toHaveLength(2);
});

/** A bench that holds the log-batch of some children until it is released. */
async function holding(
  keys: readonly string[],
  faultOf: (bench: Bench, call: StandInCall) => StandInFault | undefined,
) {
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isHeld = true;
  const isHolding = (call: StandInCall) =>
    isHeld && call.name === 'runs/log-batch' && keys.includes(nodeOf(bench.standIn, call));
  const bench: Bench = await Bench.open({
    beforeCall: (call) => (isHolding(call) ? released : undefined),
    faultOf: (call) => faultOf(bench, call),
  });
  return {
    bench,
    release: () => {
      isHeld = false;
      release();
    },
  };
}

const noFault = () => undefined;

test('a slow child does not keep the others waiting', async () => {
  const { bench, release } = await holding(['c0'], noFault);
  await using _ = bench;
  const recorded = sampleTree(20);
  await bench.acceptTree(recorded);
  // All but the held one, and the last one, which FAILED.
  await bench.until(() => bench.count('runs/update FINISHED') === 18);
  release();
  await bench.untilDelivered();
  expectWholeTrees(bench.standIn, [recorded.tree]);
});

test('when a child fails, those that are noted are delivered, and no others', async () => {
  const { bench, release } = await holding(['c0', 'c1', 'c3'], ({ standIn }, call) =>
    call.name === 'runs/log-batch' && nodeOf(standIn, call) === 'c2' ? { status: 400 } : undefined,
  );
  await using _ = bench;
  const accepted = await bench.acceptTree(sampleTree(20));
  // A child whose call is refused is looked up.
  await bench.until(() => bench.count('runs/get') === 1);
  release();
  await bench.untilDelivered();
  await expect(accepted.logged).rejects.toMatchObject({ code: 'mlflow_refused' });
  expect(bench.count('runs/create')).toBe(1 + NOTED);
  expect(bench.count('runs/update FINISHED')).toBe(NOTED - 1);
});

test('when the service stops, a tree is not begun further, and nothing is left in doubt', async () => {
  // One child of each lane.
  const { bench, release } = await holding(['c0', 'c4', 'c5', 'c6'], noFault);
  await using _ = bench;
  const recorded = sampleTree(20);
  await bench.acceptTree(recorded);
  await bench.until(() => bench.count('runs/update FINISHED') === NOTED - 1 - LANES);
  const stopped = bench.scheduler.stop(10_000);
  release();
  await stopped;
  expect(bench.count('runs/create')).toBe(1 + NOTED);
  expect(bench.scheduler.counts()).toMatchObject({ retried: 0, dead: 0, delivered: 0 });
  await bench.crash();
  await bench.start();
  const startedMs = bench.clock.now();
  await bench.untilDelivered();
  expect(bench.clock.now()).toBe(startedMs);
  expectWholeTrees(bench.standIn, [recorded.tree]);
});

test.each([
  [1, 200],
  // The training rows and the test rows are a data set each.
  [1_000, 3],
])(
  'a search for runs with data sets of %i columns asks for pages that fit in a response',
  (columns, most) => {
    const { tree } = sampleTree(200);
    const datasets = tree.datasets.map((one) => ({ ...one, profile: 'x'.repeat(columns * 600) }));
    const size = pageSize({ ...tree, datasets });
    expect(size).toBeGreaterThanOrEqual(most);
    expect(size * columns * 600).toBeLessThan(4 * 2 ** 20);
  },
);
