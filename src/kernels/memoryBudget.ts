/** Bytes of a page of WebAssembly memory. */
export const PAGE_BYTES = 65_536;
/** The most pages of a budget, because an i32 counts the pages. */
const PAGES_MAX = 2 ** 31 - 1;

/** Places of the two words. */
const LIMIT = 0;
const PROMISED = 1;

/**
 * Says that there is not enough memory.
 * `isAlone`: one table of this size never fits. Otherwise the table does not fit now, because others hold memory.
 * `limit` is the number of bytes that there are, and `actual` the number of bytes that are needed.
 */
export class MemoryFullError extends RangeError {
  readonly isAlone: boolean;
  readonly limit: number;
  readonly actual: number;

  constructor(isAlone: boolean, limit: number, actual: number, options?: ErrorOptions) {
    super(`${actual} bytes of memory are needed, and there are ${limit}`, options);
    this.name = 'MemoryFullError';
    this.isAlone = isAlone;
    this.limit = limit;
    this.actual = actual;
  }
}

/** Bounds the memory of all tables under way together. All threads count pages in the same two shared words. */
export class MemoryBudget {
  readonly #words: Int32Array<SharedArrayBuffer>;

  /** @param words the words of another thread's budget */
  constructor(words: SharedArrayBuffer) {
    this.#words = new Int32Array(words);
  }

  /** Makes a budget of at most so many bytes, rounded down to whole pages. */
  static of(bytesMax: number): MemoryBudget {
    const budget = new MemoryBudget(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
    budget.#words[LIMIT] = Math.min(Math.floor(bytesMax / PAGE_BYTES), PAGES_MAX);
    return budget;
  }

  /** The words from which another thread makes the same budget. */
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
   * Promises pages to a table that has `own` pages, before its memory grows.
   * @throws MemoryFullError if the budget has fewer pages left
   */
  take(pages: number, own: number): void {
    if (this.tryTake(pages)) return;
    const limit = this.#words[LIMIT] as number;
    const isAlone = own + pages > limit;
    const actual = isAlone ? own + pages : Atomics.load(this.#words, PROMISED) + pages;
    throw new MemoryFullError(isAlone, limit * PAGE_BYTES, actual * PAGE_BYTES);
  }

  /** Promises pages if the budget has so many left, and returns whether it has. */
  tryTake(pages: number): boolean {
    const before = Atomics.add(this.#words, PROMISED, pages);
    if (before + pages <= (this.#words[LIMIT] as number)) return true;
    this.giveBack(pages);
    return false;
  }

  /** Takes back a promise. */
  giveBack(pages: number): void {
    Atomics.sub(this.#words, PROMISED, pages);
  }

  /** Takes back all promises. A thread that ended within a step may have left a promise behind. */
  clear(): void {
    Atomics.store(this.#words, PROMISED, 0);
  }
}
