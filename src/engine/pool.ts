import { setTimeout as sleep } from 'node:timers/promises';
import { Piscina } from 'piscina';
import { BusyError, DataError } from '../errors.ts';
import type { FitOptions, FitSpec, Fitted } from './fit.ts';
import type { Task } from './thread.ts';
import { fromReply, type Reply } from './wire.ts';

export interface PoolOptions {
  readonly threads: number;
  /** Trainings that may wait for a thread; one more is refused. */
  readonly waitingMax: number;
  readonly fit?: FitOptions;
  /** A training that waits and computes for longer is ended, and its thread replaced. */
  readonly timeoutMs: number;
  /** The module that a thread runs. */
  readonly thread?: URL;
}

/** A training of an ordinary file takes milliseconds, so a second later there is room as a rule. */
const RETRY_AFTER_S = 1;
/** A thread ends within milliseconds. */
const CLOSE_TIMEOUT_MS = 2_000;

/** A bounded pool of worker threads; the event loop never computes. */
export class TrainingPool {
  readonly #piscina: Piscina<Task, Reply>;
  readonly #threads: number;
  readonly #waitingMax: number;
  readonly #fitOptions: FitOptions;
  readonly #timeoutMs: number;
  #underWay = 0;

  constructor({
    threads,
    waitingMax,
    fit = {},
    timeoutMs,
    thread = new URL('./thread.js', import.meta.url),
  }: PoolOptions) {
    this.#threads = threads;
    this.#waitingMax = waitingMax;
    this.#fitOptions = fit;
    this.#timeoutMs = timeoutMs;
    this.#piscina = new Piscina({ filename: thread.href, minThreads: threads, maxThreads: threads });
  }

  /** Lets the threads load what the first training needs, so that it does not wait for it. */
  async warmUp(): Promise<void> {
    await Promise.all(Array.from({ length: this.#threads }, () => this.#piscina.run({ kind: 'warm-up' })));
  }

  /**
   * Fits on a thread.
   * @throws BusyError where every thread is taken and the queue is full
   * @throws DataError, NotATableError, TooLargeError or FieldError where the file or a field does not allow a fit, or
   *   it takes too long
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
    const signal = AbortSignal.timeout(this.#timeoutMs);
    try {
      const task: Task = { kind: 'fit', path, spec, options: this.#fitOptions };
      return fromReply(await this.#piscina.run(task, { signal }));
    } catch (error) {
      throw signal.aborted ? this.#timedOut(error) : error;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Ends the threads; what still computes fails. One that is only starting may never say that it has ended. */
  async close(): Promise<void> {
    await Promise.race([this.#piscina.destroy(), sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  }

  #timedOut(cause: unknown): DataError {
    const seconds = this.#timeoutMs / 1000;
    return new DataError(
      'training_timeout',
      `The training was ended after ${seconds} s: send fewer rows or columns, or fewer iterations.`,
      { limit: seconds },
      { cause },
    );
  }
}
