import { setTimeout as timer } from 'node:timers/promises';

/** Time as a delivery needs it, in milliseconds; tests bring one that runs an hour in a moment. */
export interface Clock {
  /** Since some moment; it only ever grows, whatever is done to the machine's date. */
  now(): number;
  /** The date, in milliseconds since 1970. */
  date(): number;
  /** Resolves when so much time is over, or as soon as the signal says so. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A timer that runs longer fires at once (a signed 32-bit integer). */
const TIMER_MS_MAX = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  async sleep(ms, signal) {
    await timer(Math.min(ms, TIMER_MS_MAX), undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  },
};
