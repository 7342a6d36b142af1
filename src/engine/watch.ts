import { CancelledError } from '../errors.ts';

/** What a piece of work is at. A watch keeps the index, so the order may not change while a process runs. */
const STAGES = ['queued', 'reading', 'preparing', 'fitting', 'evaluating', 'logging'] as const;

export type Stage = (typeof STAGES)[number];

/** How far a piece of work has come. */
export interface Progress {
  readonly stage: Stage;
  /** Steps done within the stage: bytes while a file is read, fits while models are fitted. */
  readonly done: number;
  /** 0 while it is not known. */
  readonly total: number;
  /** Rows of all tables; 0 until they are read. */
  readonly rows: number;
  /** Iterations of all fits so far, those of folds and estimates too. gradient-descent counts each class's steps. */
  readonly iterations: number;
}

// Words of 32 bits.
const CANCELLED = 0;
const STAGE = 1;
const WORDS = 2;
// Counters of 64 bits behind the words: a file may have more bytes than 32 bits can count.
const DONE = 0;
const TOTAL = 1;
const ROWS = 2;
const ITERATIONS = 3;
const COUNTERS = 4;

const COUNTERS_AT = WORDS * Int32Array.BYTES_PER_ELEMENT;
const BYTES = COUNTERS_AT + COUNTERS * BigInt64Array.BYTES_PER_ELEMENT;
const ONE = 1n;

/**
 * Carries progress and cancelling between the thread that works and the threads that look on. Both are words of shared
 * memory: they need no message, cost less than a microsecond, and survive the end of a thread.
 */
export class Watch {
  /** Shared with other threads: a watch made of the same words is the same watch. */
  readonly words: SharedArrayBuffer;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #counters: BigInt64Array<SharedArrayBuffer>;
  readonly #listeners = new Set<() => void>();

  constructor(words = new SharedArrayBuffer(BYTES)) {
    this.words = words;
    this.#words = new Int32Array(words, 0, WORDS);
    this.#counters = new BigInt64Array(words, COUNTERS_AT, COUNTERS);
  }

  /** Asks the work to stop. It stops when it looks at the watch next, and fails with `CancelledError`. */
  cancel(): void {
    Atomics.store(this.#words, CANCELLED, 1);
    for (const listener of this.#listeners) listener();
  }

  /**
   * Calls `listener` when this object's `cancel` is called; other threads only see the words.
   * @returns ends the listening
   */
  onCancel(listener: () => void): () => void {
    if (this.isCancelled) listener();
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Waits for work that cannot look at the watch, until this object's `cancel` is called. The work itself goes on.
   * @throws CancelledError once `cancel` has been called, and what the work throws
   */
  async orCancelled<Result>(work: Promise<Result>): Promise<Result> {
    let stopListening = (): unknown => undefined;
    const ended = new Promise<never>((_, reject) => {
      stopListening = this.onCancel(() => reject(cancelled()));
    });
    try {
      return await Promise.race([ended, work]);
    } finally {
      stopListening();
    }
  }

  get isCancelled(): boolean {
    return Atomics.load(this.#words, CANCELLED) === 1;
  }

  /** @throws CancelledError once `cancel` has been called */
  throwIfCancelled(): void {
    if (this.isCancelled) throw cancelled();
  }

  /** Begins a stage of so many steps. @throws CancelledError as `throwIfCancelled` */
  enter(stage: Stage, total = 0): void {
    this.throwIfCancelled();
    this.#store(DONE, 0);
    this.#store(TOTAL, total);
    Atomics.store(this.#words, STAGE, STAGES.indexOf(stage));
  }

  /** Says that one more step of the stage is done. @throws CancelledError as `throwIfCancelled` */
  step(): void {
    this.advance(1);
  }

  /** Says that so many more steps or bytes of the stage are done. @throws CancelledError as `throwIfCancelled` */
  advance(count: number): void {
    this.throwIfCancelled();
    Atomics.add(this.#counters, DONE, BigInt(count));
  }

  /** Says how many rows the tables have. @throws CancelledError as `throwIfCancelled` */
  foundRows(rows: number): void {
    this.throwIfCancelled();
    this.#store(ROWS, rows);
  }

  /** Says that a solver has done one more iteration. @throws CancelledError as `throwIfCancelled` */
  iterated(): void {
    this.throwIfCancelled();
    Atomics.add(this.#counters, ITERATIONS, ONE);
  }

  /** The numbers of this moment. A look just when a stage begins may see the stage before with the new stage's steps. */
  progress(): Progress {
    return {
      stage: STAGES[Atomics.load(this.#words, STAGE)]!,
      done: this.#load(DONE),
      total: this.#load(TOTAL),
      rows: this.#load(ROWS),
      iterations: this.#load(ITERATIONS),
    };
  }

  #store(counter: number, value: number): void {
    Atomics.store(this.#counters, counter, BigInt(value));
  }

  #load(counter: number): number {
    return Number(Atomics.load(this.#counters, counter));
  }
}

/** The error of work that was cancelled. */
export function cancelled(): CancelledError {
  const message = 'The work was cancelled, and nothing was saved: send the request again.';
  return new CancelledError('cancelled', message);
}
