import { parseTimeout } from '../errors.ts';

/** How long a thread has worked on reading one file: not how long the file took to come. */
export class ParseClock {
  readonly #timeoutMs: number;
  #spentMs = 0;
  #startedAt = 0;

  /** @param timeoutMs as long as it likes where it is not given */
  constructor(timeoutMs = Number.POSITIVE_INFINITY) {
    this.#timeoutMs = timeoutMs;
  }

  start(): void {
    this.#startedAt = performance.now();
  }

  /** @returns the milliseconds up to now */
  stop(): number {
    this.#spentMs += performance.now() - this.#startedAt;
    return this.#spentMs;
  }

  /** While it runs. @throws DataError where it has been too long */
  check(): void {
    const ms = this.#spentMs + performance.now() - this.#startedAt;
    if (ms > this.#timeoutMs) throw parseTimeout(this.#timeoutMs, Math.ceil(ms));
  }
}
