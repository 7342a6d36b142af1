import { CancelledError } from '../errors.ts';

/** What a piece of work is at. A watch keeps the index, so the order may not change while a process runs. */
const STAGES = ['queued', 'reading', 'preparing', 'fitting', 'evaluating'] as const;

export type Stage = (typeof STAGES)[number];

/** How far a piece of work has come within its stage; `total` is 0 while it is not known. */
export interface Progress {
  readonly stage: Stage;
  readonly done: number;
  readonly total: number;
}

const CANCELLED = 0;
const STAGE = 1;
const DONE = 2;
const TOTAL = 3;
const WORDS = 4;

/**
 * Carries progress and cancelling between the thread that works and the threads that look on. Both are words of shared
 * memory: they need no message, cost a few nanoseconds, and survive the end of a thread.
 */
export class Watch {
  /** Shared with other threads: a watch made of the same words is the same watch. */
  readonly words: SharedArrayBuffer;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #listeners = new Set<() => void>();

  constructor(words = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.words = words;
    this.#words = new Int32Array(words);
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
    Atomics.store(this.#words, DONE, 0);
    Atomics.store(this.#words, TOTAL, total);
    Atomics.store(this.#words, STAGE, STAGES.indexOf(stage));
  }

  /** Says that one more step of the stage is done. @throws CancelledError as `throwIfCancelled` */
  step(): void {
    this.throwIfCancelled();
    Atomics.add(this.#words, DONE, 1);
  }

  progress(): Progress {
    return {
      stage: STAGES[Atomics.load(this.#words, STAGE)]!,
      done: Atomics.load(this.#words, DONE),
      total: Atomics.load(this.#words, TOTAL),
    };
  }
}

/** The error of work that was cancelled. */
export function cancelled(): CancelledError {
  const message = 'The work was cancelled, and nothing was saved: send the request again.';
  return new CancelledError('cancelled', message);
}
