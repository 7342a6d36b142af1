import { setTimeout as timer } from 'node:timers/promises';

/** Time as a delivery needs it, in milliseconds. Tests bring a clock that runs an hour in a moment. */
export interface Clock {
  /** Since some moment. It only grows, even if somebody changes the machine's date. */
  now(): number;
  /** The date, in milliseconds since 1970. */
  date(): number;
  /** Resolves when the time is over, or as soon as the signal aborts. */
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
