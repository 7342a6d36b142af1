import type { Clock } from './clock.ts';

/** Pause after the first failure; it doubles with each further one. */
const PAUSE_MS = 1_000;
/** A server that is back is found after at most so long. */
const PAUSE_MS_MAX = 30_000;
/** A server may ask for a longer pause, up to this. */
const ASKED_MS_MAX = 120_000;
/** After so many doublings the pause is at its longest, so that more failures make no difference. */
const DOUBLINGS_MAX = Math.ceil(Math.log2(PAUSE_MS_MAX / PAUSE_MS));

/** Milliseconds to wait after so many failures. A quarter is random, so that records that failed together do not come back together. */
export function pauseMs(failures: number): number {
  const longest = Math.min(PAUSE_MS_MAX, PAUSE_MS * 2 ** Math.min(failures - 1, DOUBLINGS_MAX));
  return longest * (0.75 + Math.random() / 4);
}

/**
 * How often a server is asked. While the server fails, records try it one after the other, with growing pauses. The pause
 * depends on the number of *different* records that failed since the last success. So a record that MLflow cannot digest
 * does not hold up the others.
 */
export class ServerBackoff {
  readonly #clock: Clock;
  readonly #failed = new Set<string>();
  #pausedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds for which nothing may be sent. */
  waitMs(): number {
    return Math.max(0, this.#pausedUntilMs - this.#clock.now());
  }

  /** Whether one record alone is to try whether the server is back. */
  get isProbing(): boolean {
    return this.#failed.size > 0;
  }

  succeeded(): void {
    this.#failed.clear();
  }

  /** @param askedMs the pause that the server asked for */
  failed(id: string, askedMs = 0): void {
    if (this.#failed.size <= DOUBLINGS_MAX) this.#failed.add(id);
    this.pause(Math.max(pauseMs(this.#failed.size), Math.min(askedMs, ASKED_MS_MAX)));
  }

  pause(ms: number): void {
    this.#pausedUntilMs = this.#clock.now() + ms;
  }
}

/** Experiments whose pauses are remembered; more are hardly ever blocked at once. */
const EXPERIMENTS_MAX = 1_000;

interface Pause {
  readonly failures: number;
  readonly untilMs: number;
}

/** How often an experiment is tried that takes no runs until a person corrects something. Other experiments go on. */
export class ExperimentBackoff {
  readonly #clock: Clock;
  readonly #pauses = new Map<string, Pause>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** When the experiment may be tried again, by the clock; undefined if it may be tried now. */
  untilMs(name: string | undefined): number | undefined {
    const pause = name === undefined ? undefined : this.#pauses.get(name);
    return pause !== undefined && pause.untilMs > this.#clock.now() ? pause.untilMs : undefined;
  }

  succeeded(name: string | undefined): void {
    if (name !== undefined) this.#pauses.delete(name);
  }

  failed(name: string | undefined): void {
    if (name === undefined || (!this.#pauses.has(name) && this.#pauses.size >= EXPERIMENTS_MAX)) return;
    const failures = (this.#pauses.get(name)?.failures ?? 0) + 1;
    this.#pauses.set(name, { failures, untilMs: this.#clock.now() + pauseMs(failures) });
  }
}
