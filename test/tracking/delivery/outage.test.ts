import { expect, test } from 'vitest';
import type { Accepted } from '../../../src/values/delivery.ts';
import { Bench, CALL_TIMEOUT_MS } from './bench.ts';

const HOUR_MS = 3_600_000;

test('MLflow is down for an hour while 500 trainings are accepted: 500 runs, each once', async () => {
  await using bench = await Bench.open();
  await bench.standIn.down();
  // So that the pauses within a call, which are not of the fake clock, are over soon.
  await bench.reconnect(20);
  const accepted: Accepted[] = [];
  for (let index = 0; index < 500; index++) accepted.push(await bench.accept());
  await bench.untilTime(HOUR_MS);
  expect(bench.standIn.calls).toEqual([]);
  // One record at a time tries it, every half a minute at last.
  expect(bench.scheduler.counts().retried).toBeLessThan(HOUR_MS / 22_000 + 10);
  expect(bench.scheduler.counts().retried).toBeGreaterThan(HOUR_MS / 30_000 - 10);
  await bench.reconnect(CALL_TIMEOUT_MS);
  await bench.standIn.up();
  await bench.untilDelivered();
  bench.expectEachOnce(accepted);
  expect(bench.clock.now() - HOUR_MS).toBeLessThan(35_000);
  // The last one is counted a moment after its record is away.
  await bench.until(() => bench.scheduler.counts().delivered === 500);
  expect(bench.scheduler.counts().dead).toBe(0);
});
