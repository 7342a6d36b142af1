import { setMaxListeners } from 'node:events';

/**
 * What has begun and not ended: requests, and trainings, whose callers may be gone (what was begun is ended all the
 * same). Once it is closed, nothing new is to begin.
 */
export class UnderWay {
  readonly #begun = new Set<Promise<unknown>>();
  readonly #hurry = new AbortController();
  #isClosed = false;

  constructor() {
    // Each answer that waits listens, and takes its ear away again.
    setMaxListeners(0, this.#hurry.signal);
  }

  track<Result>(work: Promise<Result>): Promise<Result> {
    const ended = work.finally(() => this.#begun.delete(ended));
    this.#begun.add(ended);
    return ended;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Aborts once answers are to be given as things stand, rather than when they are done. */
  get hurried(): AbortSignal {
    return this.#hurry.signal;
  }

  hurry(): void {
    this.#hurry.abort();
  }

  /** Waits until none is left, at most so long; what begins meanwhile is waited for too. */
  async settled(timeoutMs: number): Promise<void> {
    let isLate = false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        isLate = true;
        resolve();
      }, timeoutMs);
    });
    while (this.#begun.size > 0 && !isLate) {
      await Promise.race([Promise.allSettled(this.#begun), late]);
    }
    clearTimeout(timer);
  }
}
