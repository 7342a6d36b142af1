import { describe, expect, test } from 'vitest';
import { Bench } from './bench.ts';
import { expectWholeTrees, sampleTree } from './trees.ts';

const VERSIONS = ['3.17.2', '2.22.5'];
const FAILED = { gate: 'failed' } as const;

describe.concurrent.each(VERSIONS)('a gate failed; MLflow %s', (version) => {
  test('run and model are whole, no version is registered, and no alias moves', async () => {
    await using bench = await Bench.open({ version });
    const first = sampleTree(0);
    await bench.acceptTree(first);
    await bench.untilDelivered();
    const { registry } = bench.standIn;
    const before = structuredClone([...registry.registered.values()]);
    const second = sampleTree(0, FAILED);
    const { id, logged } = await bench.acceptTree(second);
    await bench.untilDelivered();
    expectWholeTrees(bench.standIn, [first.tree, second.tree]);
    expect(structuredClone([...registry.registered.values()])).toEqual(before);
    const run = await logged;
    expect(run.modelUri).toContain(`runs:/${run.runId}/`);
    for (const key of ['registeredModelName', 'modelVersion', 'modelUrl'])
      expect(run).not.toHaveProperty(key);
    expect(await bench.deliveries.find(id)).toMatchObject({
      state: 'delivered',
      logged: { runId: run.runId },
    });
  });

  test('not even the registered model is made', async () => {
    await using bench = await Bench.open({ version });
    await bench.acceptTree(sampleTree(0, FAILED));
    await bench.untilDelivered();
    expect(bench.standIn.registry.registered.size).toBe(0);
  });

  test('a crash before the receipt is written makes nothing twice', async () => {
    await using bench = await Bench.open({ version });
    const recorded = sampleTree(2, FAILED);
    await bench.acceptTree(recorded);
    await bench.until(() => bench.count('runs/update FINISHED') > 0, 'the end of a run');
    await bench.crash();
    await bench.start();
    await bench.untilDelivered();
    expectWholeTrees(bench.standIn, [recorded.tree]);
    expect(bench.standIn.registry.registered.size).toBe(0);
  });
});
