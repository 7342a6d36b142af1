/** Bounds a piece of work in time. Somebody else can end the work before. */
export class Deadline {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #isLate = false;

  constructor(timeoutMs: number) {
    this.#timer = setTimeout(() => {
      this.#isLate = true;
      this.#abort.abort();
    }, timeoutMs);
  }

  /** Aborts once the time is over, or `end` was called. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether the time was over. */
  get isLate(): boolean {
    return this.#isLate;
  }

  end(): void {
    this.#abort.abort();
  }

  /** Stops the clock: the work has come to its end. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}
