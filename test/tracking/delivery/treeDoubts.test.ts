import { describe, expect, test } from 'vitest';
import type { StandInCall } from '../../support/standInMlflow.ts';
import { Bench, QUARANTINE_MS, RECHECK_MS } from './bench.ts';
import { expectWholeTrees, nodeOf, sampleTree } from './trees.ts';

const CHILDREN = 12;
/** What MLflow makes anew each time it is asked, and a child that has such a thing. */
const CREATES = [
  ['c0', 'runs/create', '3.17.2'],
  ['c11', 'runs/create', '3.17.2'],
  ['c1', 'logged-models', '3.17.2'],
  ['c1', 'model-versions/create', '3.17.2'],
  ['c1', 'runs/log-model', '2.22.5'],
  ['c1', 'model-versions/create', '2.22.5'],
] as const;

describe.concurrent.each(CREATES)('%s: %s of MLflow %s', (node, name, version) => {
  /** The first such call breaks, and is carried out when the test lets it land. */
  const open = async (quarantineMs = QUARANTINE_MS) => {
    let isPast = false;
    const isIt = (call: StandInCall) => call.name === name && nodeOf(bench.standIn, call) === node;
    const bench: Bench = await Bench.open({
      version,
      quarantineMs,
      faultOf: (call) => {
        if (isPast || !isIt(call)) return undefined;
        isPast = true;
        return 'late';
      },
    });
    return { bench, count: () => bench.standIn.calls.filter(isIt).length };
  };

  test('lands within the quarantine: it is found, and the other children are whole by then', async () => {
    const { bench, count } = await open();
    await using _ = bench;
    const recorded = sampleTree(CHILDREN);
    await bench.acceptTree(recorded);
    await bench.untilTime(QUARANTINE_MS - 1);
    expect([count(), bench.spool.stats().pending]).toEqual([1, 1]);
    const statuses = [...bench.standIn.store.runs.values()].map(({ info }) => info.status).sort();
    const whole = Array(CHILDREN - (node === 'c11' ? 1 : 2)).fill('FINISHED');
    // The root is open, and so is the child in doubt if it has a run. The last child FAILED.
    const running = name === 'runs/create' ? ['RUNNING'] : ['RUNNING', 'RUNNING'];
    expect(statuses).toEqual([...(node === 'c11' ? [] : ['FAILED']), ...whole, ...running]);
    bench.standIn.landLate();
    await bench.untilDelivered();
    expect(count()).toBe(1);
    expectWholeTrees(bench.standIn, [recorded.tree]);
  });

  test('lands after it: it was made anew, and the recheck removes the double', async () => {
    const { bench, count } = await open();
    await using _ = bench;
    const recorded = sampleTree(CHILDREN);
    const accepted = await bench.acceptTree(recorded);
    await bench.untilTime(QUARANTINE_MS - 1);
    const what = { 'runs/create': 'run', 'logged-models': 'model', 'runs/log-model': 'listing' }[
      name as string
    ];
    expect((await bench.deliveries.find(accepted.id))?.lastError).toMatchObject({
      code: 'mlflow_in_doubt',
      message: expect.stringContaining(`the creation of the ${what ?? 'version'} of ${node} was lost`),
    });
    await bench.untilDelivered();
    expect(count()).toBe(2);
    expectWholeTrees(bench.standIn, [recorded.tree]);
    bench.standIn.landLate();
    expect(() => expectWholeTrees(bench.standIn, [recorded.tree]), 'there is a double').toThrow();
    await bench.crash();
    await bench.start();
    await bench.until(() => bench.scheduler.counts().doublesRemoved === 1);
    expectWholeTrees(bench.standIn, [recorded.tree]);
    await bench.until(() => bench.scheduler.counts().underWay === 0);
    expect((await bench.spool.find(accepted.id))?.outcome).not.toHaveProperty('recheck');
  });

  test('without a quarantine there are doubles: the control of these tests', async () => {
    const { bench } = await open(0);
    await using _ = bench;
    const recorded = sampleTree(CHILDREN);
    await bench.acceptTree(recorded);
    await bench.untilDelivered();
    bench.standIn.landLate();
    expect(() => expectWholeTrees(bench.standIn, [recorded.tree])).toThrow();
  });
});

test('the recheck gives each run its own status, when a call that was sent before lands late', async () => {
  await using bench = await Bench.open();
  const recorded = sampleTree(3);
  await bench.acceptTree(recorded);
  await bench.untilDelivered();
  const runs = [...bench.standIn.store.runs.values()];
  for (const { info } of runs) bench.standIn.store.updateRun({ run_id: info.run_id, status: 'RUNNING' });
  await bench.untilTime(RECHECK_MS + 60_000);
  expectWholeTrees(bench.standIn, [recorded.tree]);
  expect(bench.scheduler.counts().doublesRemoved).toBe(0);
});

test('the recheck looks at runs of the tree alone', async () => {
  await using bench = await Bench.open();
  const recorded = sampleTree(3);
  const others = [await bench.acceptTree(recorded), await bench.accept()];
  await bench.untilDelivered();
  const { store } = bench.standIn;
  const { info, tags } = [...store.runs.values()][0]!;
  const [, value = ''] = [...tags].find(([key]) => key === 'trainpost.request_id') ?? [];
  const strange = { ...info, tags: [{ key: 'trainpost.request_id', value: `${value.slice(0, 36)}.c99` }] };
  const { run } = store.createRun(strange);
  await bench.untilTime(RECHECK_MS + 60_000);
  expect(store.runs.get(run.info.run_id)?.info).toMatchObject({
    lifecycle_stage: 'active',
    status: 'RUNNING',
  });
  expect(others).toHaveLength(2);
  expect(bench.scheduler.counts().doublesRemoved).toBe(0);
});
