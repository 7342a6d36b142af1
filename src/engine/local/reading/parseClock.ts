import { parseTimeout } from '../errors.ts';

/** Measures how long a thread works on reading one file, without the time that the file takes to arrive. */
export class ParseClock {
  readonly #timeoutMs: number;
  #spentMs = 0;
  #startedAt = 0;

  /** @param timeoutMs without it there is no limit */
  constructor(timeoutMs = Number.POSITIVE_INFINITY) {
    this.#timeoutMs = timeoutMs;
  }

  start(): void {
    this.#startedAt = performance.now();
  }

  /** @returns the milliseconds so far */
  stop(): number {
    this.#spentMs += performance.now() - this.#startedAt;
    return this.#spentMs;
  }

  /** Call it while the clock runs. @throws DataError `parse_timeout` */
  check(): void {
    const ms = this.#spentMs + performance.now() - this.#startedAt;
    if (ms > this.#timeoutMs) throw parseTimeout(this.#timeoutMs, Math.ceil(ms));
  }
}
