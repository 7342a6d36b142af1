import { describe, expect, test } from 'vitest';
import { Bench, QUARANTINE_MS, RECHECK_MS, SHORT_TIMEOUT_MS } from './bench.ts';

const RUN = { alias: 'champion', registeredModelName: 'diabetes' };

/** How many calls an undisturbed delivery makes. */
async function countCalls(version: string): Promise<number> {
  await using bench = await Bench.open({ version });
  await bench.log(RUN);
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
  const accepted = await bench.accept(RUN);
  await crashed;
  await bench.crash();
  await bench.start();
  bench.clock.at(QUARANTINE_MS / 2, () => bench.standIn.landLate());
  await bench.untilDelivered();
  bench.expectEachOnce([accepted]);
}

describe.concurrent.each([
  ['3.17.2', await countCalls('3.17.2')],
  ['2.22.5', await countCalls('2.22.5')],
])('MLflow %s', (version, calls) => {
  const numbers = Array.from({ length: calls }, (_, index) => index + 1);
  const faults = ['silent', 'stuck', 'late'] as const;

  test.each(faults)('the process ends at any call, which is %s: one whole run', async (fault) => {
    expect(numbers.length).toBeGreaterThan(15);
    for (const number of numbers) await crashAt(version, number, fault);
  });

  test('and again and again', async () => {
    let crashAtCall = 3;
    let crash: () => void = () => {};
    await using bench = await Bench.open({
      version,
      callTimeoutMs: SHORT_TIMEOUT_MS,
      faultOf: () => {
        if (bench.standIn.calls.length < crashAtCall) return undefined;
        crashAtCall = Number.POSITIVE_INFINITY;
        crash();
        return bench.standIn.calls.length % 2 === 0 ? 'silent' : 'stuck';
      },
    });
    const accepted = [await bench.accept(RUN), await bench.accept(RUN)];
    for (let crashes = 0; crashes < 15; crashes++) {
      const crashed = new Promise<void>((resolve) => {
        crash = resolve;
      });
      crashAtCall = bench.standIn.calls.length + 3 + crashes;
      let isCrashed = false;
      void crashed.then(() => {
        isCrashed = true;
      });
      await bench.until(() => isCrashed || bench.spool.stats().pending === 0);
      await bench.crash();
      await bench.start();
    }
    crashAtCall = Number.POSITIVE_INFINITY;
    await bench.untilDelivered();
    bench.expectEachOnce(accepted);
  });
});

test('a process that ends between FINISHED and the receipt: the next one only writes the receipt', async () => {
  let finished = 0;
  await using bench = await Bench.open({
    callTimeoutMs: SHORT_TIMEOUT_MS,
    faultOf: ({ name }) => (name === 'runs/update FINISHED' && finished++ === 0 ? 'stuck' : undefined),
  });
  const accepted = await bench.accept(RUN);
  await bench.until(() => finished > 0);
  await bench.crash();
  const before = bench.standIn.calls.length;
  await bench.start();
  await bench.untilDelivered();
  bench.expectEachOnce([accepted]);
  const names = new Set(bench.standIn.calls.slice(before).map(({ name }) => name));
  expect([...names]).toEqual(['/version', 'runs/get', 'model-versions/search']);
  expect(bench.clock.now()).toBeLessThan(RECHECK_MS);
});
