/** Ends what a thread is at: when its time is over, or when somebody ends it before. */
export class Deadline {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  #isLate = false;

  /** @param timeoutMs its time; as long as it likes where it is not given */
  constructor(timeoutMs: number | undefined) {
    if (timeoutMs === undefined) return;
    this.#timer = setTimeout(() => {
      this.#isLate = true;
      this.#abort.abort();
    }, timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether its time was over. */
  get isLate(): boolean {
    return this.#isLate;
  }

  end(): void {
    this.#abort.abort();
  }

  /** It has come to its end by itself. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}
