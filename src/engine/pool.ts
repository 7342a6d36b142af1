import { Piscina } from 'piscina';
import { BusyError } from '../errors.ts';
import type { FitOptions, FitSpec, Fitted } from './fit.ts';
import type { Task } from './thread.ts';
import { fromReply, type Reply } from './wire.ts';

export interface PoolOptions {
  readonly threads: number;
  /** Trainings that may wait for a thread; one more is refused. */
  readonly waitingMax: number;
  readonly fit?: FitOptions;
  /** The module that a thread runs. */
  readonly thread?: URL;
}

/** A training of an ordinary file takes milliseconds, so a second later there is room as a rule. */
const RETRY_AFTER_S = 1;

/** A bounded pool of worker threads; the event loop never computes. */
export class TrainingPool {
  readonly #piscina: Piscina<Task, Reply>;
  readonly #threads: number;
  readonly #waitingMax: number;
  readonly #fitOptions: FitOptions;
  #underWay = 0;

  constructor({
    threads,
    waitingMax,
    fit = {},
    thread = new URL('./thread.js', import.meta.url),
  }: PoolOptions) {
    this.#threads = threads;
    this.#waitingMax = waitingMax;
    this.#fitOptions = fit;
    this.#piscina = new Piscina({ filename: thread.href, minThreads: threads, maxThreads: threads });
  }

  /** Lets the threads load what the first training needs, so that it does not wait for it. */
  async warmUp(): Promise<void> {
    await Promise.all(Array.from({ length: this.#threads }, () => this.#piscina.run({ kind: 'warm-up' })));
  }

  /**
   * Fits on a thread.
   * @throws BusyError where every thread is taken and the queue is full
   * @throws DataError, NotATableError, TooLargeError or FieldError where the file or a field does not allow a fit
   */
  async fit(path: string, spec: FitSpec): Promise<Fitted> {
    if (this.#underWay >= this.#threads + this.#waitingMax) {
      throw new BusyError(
        'queue_full',
        `All training threads are busy and ${this.#waitingMax} trainings wait: try again in ${RETRY_AFTER_S} s.`,
        { limit: this.#waitingMax, retryAfterS: RETRY_AFTER_S },
      );
    }
    this.#underWay += 1;
    try {
      return fromReply(await this.#piscina.run({ kind: 'fit', path, spec, options: this.#fitOptions }));
    } finally {
      this.#underWay -= 1;
    }
  }

  async close(): Promise<void> {
    await this.#piscina.close();
  }
}
