import { setMaxListeners } from 'node:events';
import { retryIn, TrainpostError, UnavailableError } from '../errors.ts';

/** Most programs are up again by then, or another one has taken their place. */
const RETRY = retryIn(5);

/** What is refused or given up because the service ends. */
export function shuttingDown(cause?: unknown): UnavailableError {
  const message = `The service is shutting down, and nothing was saved: ${RETRY.advice}.`;
  return new UnavailableError('shutting_down', message, RETRY.details, { cause });
}

/**
 * What has begun and not ended: requests, and trainings, whose callers may be gone (what was begun is ended all the
 * same). Once it is closed, nothing new is to begin.
 */
export class UnderWay {
  readonly #begun = new Set<Promise<unknown>>();
  readonly #hurry = new AbortController();
  #isClosed = false;
  #isGivenUp = false;

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

  /** From now on what computes is ended, and fails. */
  giveUp(): void {
    this.#isGivenUp = true;
  }

  /** @throws UnavailableError `shutting_down` where a computation failed because it was given up */
  async computed<Result>(computation: Promise<Result>): Promise<Result> {
    try {
      return await computation;
    } catch (error) {
      throw this.#isGivenUp && !(error instanceof TrainpostError) ? shuttingDown(error) : error;
    }
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
