/** Bytes of a page of WebAssembly's memory. */
export const PAGE_BYTES = 65_536;
/** What a budget without a bound is bound by: a word counts its pages. */
const PAGES_MAX = 2 ** 31 - 1;

const LIMIT = 0;
const PROMISED = 1;

/**
 * There is no more memory: not for one table of this size (`alone`), or not now, while others hold what there is.
 * It says how many bytes there are, and how many there would have to be.
 */
export class MemoryFullError extends RangeError {
  readonly isAlone: boolean;
  readonly limit: number;
  readonly actual: number;

  constructor(isAlone: boolean, limit: number, actual: number, options?: ErrorOptions) {
    super(`${actual} bytes of memory are more than the ${limit} there are`, options);
    this.name = 'MemoryFullError';
    this.isAlone = isAlone;
    this.limit = limit;
    this.actual = actual;
  }
}

/** What all tables under way may take together: pages that every thread counts in the same two words. */
export class MemoryBudget {
  readonly #words: Int32Array<SharedArrayBuffer>;

  /** @param words of another thread's budget */
  constructor(words: SharedArrayBuffer) {
    this.#words = new Int32Array(words);
  }

  static of(bytesMax: number): MemoryBudget {
    const budget = new MemoryBudget(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
    budget.#words[LIMIT] = Math.min(Math.floor(bytesMax / PAGE_BYTES), PAGES_MAX);
    return budget;
  }

  /** What another thread makes the same budget of. */
  get words(): SharedArrayBuffer {
    return this.#words.buffer;
  }

  get bytesMax(): number {
    return (this.#words[LIMIT] as number) * PAGE_BYTES;
  }

  get promisedBytes(): number {
    return Atomics.load(this.#words, PROMISED) * PAGE_BYTES;
  }

  /**
   * Promises so many pages more to somebody who has `own` pages, before they are taken.
   * @throws MemoryFullError where they are too many
   */
  take(pages: number, own: number): void {
    if (this.tryTake(pages)) return;
    const limit = this.#words[LIMIT] as number;
    const isAlone = own + pages > limit;
    const actual = isAlone ? own + pages : Atomics.load(this.#words, PROMISED) + pages;
    throw new MemoryFullError(isAlone, limit * PAGE_BYTES, actual * PAGE_BYTES);
  }

  tryTake(pages: number): boolean {
    const before = Atomics.add(this.#words, PROMISED, pages);
    if (before + pages <= (this.#words[LIMIT] as number)) return true;
    this.giveBack(pages);
    return false;
  }

  giveBack(pages: number): void {
    Atomics.sub(this.#words, PROMISED, pages);
  }

  /** Nobody has any: what a thread that ended in the middle of a step still counted is let go. */
  clear(): void {
    Atomics.store(this.#words, PROMISED, 0);
  }
}
