import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished, vi } from 'vitest';

const LOOK_MS = 5;

/**
 * Stops `setTimeout` of this process until the test ends. No timeout of the code under test then fires by itself, even on
 * a slow machine. Sockets, threads, `node:timers/promises` and the waits of vitest continue.
 */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

/** Lets `ms` of the stopped time pass, again and again, until the promise is settled. */
export async function passTime<Result>(ms: number, awaited: Promise<Result>): Promise<Result> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  awaited.then(settle, settle);
  while (!isSettled) {
    vi.advanceTimersByTime(ms);
    await sleep(LOOK_MS);
  }
  return awaited;
}
