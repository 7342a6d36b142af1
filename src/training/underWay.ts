import { setMaxListeners } from 'node:events';
import { retryIn, TrainpostError, UnavailableError } from '../errors.ts';

/** By then the service has usually restarted, or another process has replaced it. */
const RETRY = retryIn(5);

/** The error for work that is rejected or given up because the service shuts down. */
export function shuttingDown(cause?: unknown): UnavailableError {
  const message = `The service is shutting down, and nothing was saved: ${RETRY.advice}.`;
  return new UnavailableError('shutting_down', message, RETRY.details, { cause });
}

/**
 * Work that has begun and not ended: requests and trainings. A training goes on even if its client has disconnected. Once
 * this is closed, no new work may begin.
 */
export class UnderWay {
  readonly #begun = new Set<Promise<unknown>>();
  readonly #hurry = new AbortController();
  #isClosed = false;
  #isGivenUp = false;

  constructor() {
    // Each waiting response adds a listener, and removes it again.
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

  /** Aborts when waiting responses must be sent at once, with the state as it is. */
  get hurried(): AbortSignal {
    return this.#hurry.signal;
  }

  hurry(): void {
    this.#hurry.abort();
  }

  /** Says that running computations are being stopped, so that they fail. */
  giveUp(): void {
    this.#isGivenUp = true;
  }

  /** Awaits a computation. @throws UnavailableError `shutting_down` if it failed because it was stopped */
  async computed<Result>(computation: Promise<Result>): Promise<Result> {
    try {
      return await computation;
    } catch (error) {
      throw this.#isGivenUp && !(error instanceof TrainpostError) ? shuttingDown(error) : error;
    }
  }

  /** Waits until no work is left, at most `timeoutMs`. This includes work that begins meanwhile. */
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
