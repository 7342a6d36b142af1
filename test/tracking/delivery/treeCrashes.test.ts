import { describe, expect, test } from 'vitest';
import { drawn, SEED } from '../../support/draws.ts';
import { Bench, QUARANTINE_MS, SHORT_TIMEOUT_MS } from './bench.ts';
import { expectWholeTrees, nodeOf, sampleTree } from './trees.ts';

const CHILDREN = 3;

/** How many calls an undisturbed delivery makes. */
async function countCalls(version: string): Promise<number> {
  await using bench = await Bench.open({ version });
  await bench.acceptTree(sampleTree(CHILDREN));
  await bench.untilDelivered();
  return bench.standIn.calls.length;
}

/** The process ends at the call of that number, before MLflow has carried it out or after. */
async function crashAt(version: string, number: number, fault: 'silent' | 'stuck' | 'late'): Promise<void> {
  let crash: () => void = () => {};
  const crashed = new Promise<void>((resolve) => {
    crash = resolve;
  });
  let isDead = false;
  await using bench = await Bench.open({
    version,
    callTimeoutMs: SHORT_TIMEOUT_MS,
    faultOf: () => {
      if (isDead || bench.standIn.calls.length < number) return undefined;
      isDead = true;
      crash();
      return fault;
    },
  });
  const recorded = sampleTree(CHILDREN);
  await bench.acceptTree(recorded);
  await crashed;
  await bench.crash();
  await bench.start();
  bench.clock.at(QUARANTINE_MS / 2, () => bench.standIn.landLate());
  await bench.untilDelivered();
  // A delivery that did not wait is over before the call lands.
  bench.standIn.landLate();
  expectWholeTrees(bench.standIn, [recorded.tree]);
}

describe.concurrent.each([
  ['3.17.2', 'silent'],
  ['3.17.2', 'stuck'],
  ['3.17.2', 'late'],
  ['2.22.5', 'stuck'],
] as const)('MLflow %s', (version, fault) => {
  test(`the process ends at any call, which is ${fault}: one whole tree`, async () => {
    const calls = await countCalls(version);
    expect(calls).toBeGreaterThan(35);
    const numbers = Array.from({ length: calls }, (_, index) => index + 1);
    for (const number of drawn(numbers, 1 / 3)) await crashAt(version, number, fault);
  });
});

test('a child that FAILED is not set back to RUNNING by the next process', async () => {
  let crash: () => void = () => {};
  const crashed = new Promise<void>((resolve) => {
    crash = resolve;
  });
  let isDead = false;
  await using bench = await Bench.open({
    callTimeoutMs: SHORT_TIMEOUT_MS,
    faultOf: (call) => {
      const isLast = call.name === 'runs/update FINISHED' && nodeOf(bench.standIn, call) === 'root';
      if (isDead || !isLast) return undefined;
      isDead = true;
      crash();
      return 'silent';
    },
  });
  const recorded = sampleTree(CHILDREN);
  await bench.acceptTree(recorded);
  await crashed;
  await bench.crash();
  await bench.start();
  await bench.untilDelivered();
  expect(bench.count('runs/update FAILED')).toBeGreaterThan(1);
  expect(bench.count('runs/update RUNNING')).toBe(0);
  expectWholeTrees(bench.standIn, [recorded.tree]);
});

/** A generator of numbers from 0 to 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SEEDS = Array.from({ length: 6 }, (_, index) => SEED + index);

describe.concurrent('two trees of twenty children under faults, with a process that ends again and again', () => {
  test.each(SEEDS)('seed %i', async (seed) => {
    const draw = random(seed);
    let isHarmful = true;
    await using bench = await Bench.open({
      callTimeoutMs: SHORT_TIMEOUT_MS,
      faultOf: () => {
        if (!isHarmful || draw() > 0.03) return undefined;
        bench.clock.at(bench.clock.now() + QUARANTINE_MS / 2, () => bench.standIn.landLate());
        return (['cut', 'lost', 'torn', 'stuck', 'silent', 'late'] as const)[Math.floor(draw() * 6)];
      },
    });
    const trees = [sampleTree(20), sampleTree(20)];
    for (const tree of trees) await bench.acceptTree(tree);
    for (let crashes = 0; crashes < 8 && bench.spool.stats().pending > 0; crashes++) {
      const calls = bench.standIn.calls.length + 10 + Math.floor(draw() * 120);
      await bench.until(() => bench.standIn.calls.length >= calls || bench.spool.stats().pending === 0);
      await bench.crash();
      await bench.start();
    }
    isHarmful = false;
    await bench.untilDelivered();
    bench.standIn.landLate();
    expectWholeTrees(
      bench.standIn,
      trees.map(({ tree }) => tree),
    );
  });
});
