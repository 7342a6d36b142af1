import { MemoryBudget, PAGE_BYTES } from '../../../kernels/memoryBudget.ts';
import { pagesOf } from '../../../kernels/module.ts';
import { memoryRefusal } from '../errors.ts';
import type { ReadTable, Unread } from '../reading/types.ts';
import { ArenaShelf } from './arena.ts';

export interface TableMemoryOptions {
  /** The most memory that all trainings under way may take together. */
  readonly bytesMax: number;
  /** Makes all threads collect their garbage. */
  readonly collectGarbage: () => void;
}

/** Marks, classes, places in the split and what is sorted for the metrics: what a fit has beside the table. */
const WORK_BYTES_PER_ROW = 40;
/** A share of the budget, and 256 MB at most: a table of five million rows needs no new memory then. */
const KEPT_SHARE = 1 / 8;
const KEPT_BYTES_MAX = 1 << 28;
/** Memory is collected a little after it was let go, when it is on no stack any more, and seldom. */
const COLLECT_AFTER_MS = 1_000;

/** The memory of all tables: promised before it is taken, kept for the next table, and collected when let go. */
export class TableMemory {
  readonly budget: MemoryBudget;
  readonly shelf: ArenaShelf;
  readonly #collectGarbage: () => void;
  #collecting: NodeJS.Timeout | undefined;
  /** How often memory was let go since it was collected last. */
  #lettingGo = 0;

  constructor({ bytesMax, collectGarbage }: TableMemoryOptions) {
    this.#collectGarbage = collectGarbage;
    this.budget = MemoryBudget.of(bytesMax);
    this.shelf = new ArenaShelf({
      budget: this.budget,
      keptPagesMax: Math.min(bytesMax * KEPT_SHARE, KEPT_BYTES_MAX) / PAGE_BYTES,
      collect: () => this.#collectSoon(),
    });
  }

  /** What tables under way have been promised and could be at most, and what is kept for the next ones. */
  counts(): { readonly promisedBytes: number; readonly bytesMax: number; readonly keptBytes: number } {
    const { promisedBytes, bytesMax } = this.budget;
    return { promisedBytes, bytesMax, keptBytes: this.shelf.keptPages * PAGE_BYTES };
  }

  /** Reserves what a fit needs beside its tables while `use` runs. @throws BusyError or DataError if there is not so much */
  async reserving<Result>(
    reads: readonly (ReadTable | Unread)[],
    use: () => Promise<Result>,
  ): Promise<Result> {
    const tables = reads.flatMap((read) => ('table' in read ? [read.table] : []));
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    const pages = Math.ceil((rows * WORK_BYTES_PER_ROW) / PAGE_BYTES);
    try {
      const own = tables.reduce((sum, { memory }) => sum + pagesOf(memory), 0);
      this.budget.take(pages, own);
    } catch (error) {
      throw memoryRefusal(error) ?? error;
    }
    try {
      return await use();
    } finally {
      this.budget.giveBack(pages);
    }
  }

  close(): void {
    clearTimeout(this.#collecting);
  }

  #collectSoon(): void {
    this.#lettingGo++;
    this.#collecting ??= setTimeout(() => {
      this.#collecting = undefined;
      this.#collectGarbage();
      // What was let go in between may still have been held when the threads collected.
      const isMore = this.#lettingGo > 1;
      this.#lettingGo = 0;
      if (isMore) this.#collectSoon();
    }, COLLECT_AFTER_MS).unref();
  }
}
