import type { Clock } from './clock.ts';

/** Pause after the first failure; it doubles with each further one. */
const PAUSE_MS = 1_000;
/** A server that is back is found after at most so long. */
const PAUSE_MS_MAX = 30_000;
/** A server may ask for a longer pause, up to this. */
const ASKED_MS_MAX = 120_000;
/** After so many doublings the pause is at its longest, and no more failures need to be told apart. */
const DOUBLINGS_MAX = Math.ceil(Math.log2(PAUSE_MS_MAX / PAUSE_MS));

/** Milliseconds to wait after so many failures; a quarter is random, lest those that failed together come back together. */
export function pauseMs(failures: number): number {
  const longest = Math.min(PAUSE_MS_MAX, PAUSE_MS * 2 ** Math.min(failures - 1, DOUBLINGS_MAX));
  return longest * (0.75 + Math.random() / 4);
}

/**
 * How fast a server is asked. While it fails, one record tries it after the other, with growing pauses; it is taken for
 * failing by the number of *different* records that failed since the last success, so that one record that MLflow
 * cannot digest does not hold up the others.
 */
export class ServerBackoff {
  readonly #clock: Clock;
  readonly #failed = new Set<string>();
  #pausedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long nothing is to be sent; 0: it may be. */
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
