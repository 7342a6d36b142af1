import { MemoryBudget } from '../../../kernels/memoryBudget.ts';
import { pagesOf, type SharedMemory, sharedMemory } from '../../../kernels/module.ts';
import { memoryRefusal } from '../errors.ts';

/** What an upload is read into: the memory that its table will lie in, and two slots in which its bytes are handed over. */
export interface Arena {
  readonly memory: SharedMemory;
  readonly slots: readonly [Uint8Array, Uint8Array];
}

export interface ShelfOptions {
  /** What all arenas that are in use may have; those that are kept are not counted. */
  readonly budget: MemoryBudget;
  /** What is kept of those that nobody uses. */
  readonly keptPagesMax: number;
  /** Is called when so much has been let go that it pays to collect it. */
  readonly collect: () => void;
}

/** Large enough that a thread is woken seldom, small enough that an upload's own buffers are nothing beside its table. */
const SLOT_BYTES = 1 << 18;
/** A new memory's pages. */
const NEW_PAGES = 1;
/** 64 MB: less is not worth the milliseconds that the threads need to collect it. */
const COLLECTED_PAGES = 1_024;

/**
 * Arenas, in use and kept. A memory can grow and never shrinks, so those that nobody uses are used again, the latest one
 * first; of those the largest are kept as far as there is room for them, and the others let go.
 */
export class ArenaShelf {
  readonly #options: ShelfOptions;
  readonly #kept: Arena[] = [];
  #inUse = 0;
  #letGoPages = 0;

  constructor(options: Partial<ShelfOptions> = {}) {
    this.#options = {
      budget: MemoryBudget.of(Number.POSITIVE_INFINITY),
      keptPagesMax: Number.POSITIVE_INFINITY,
      collect: () => undefined,
      ...options,
    };
  }

  get inUse(): number {
    return this.#inUse;
  }

  get keptPages(): number {
    return this.#kept.reduce((sum, { memory }) => sum + pagesOf(memory), 0);
  }

  /** @throws BusyError or DataError where there is no memory for another one */
  take(): Arena {
    const arena = this.#takeKept() ?? this.#make();
    this.#inUse += 1;
    return arena;
  }

  /** Only for an arena that no thread works on any more. */
  giveBack(arena: Arena): void {
    this.#end(arena);
    this.#kept.push(arena);
    // The largest are those whose pages it took longest to fill.
    const bySize = [...this.#kept].sort((a, b) => pagesOf(b.memory) - pagesOf(a.memory));
    let pages = 0;
    for (const one of bySize) {
      pages += pagesOf(one.memory);
      if (pages <= this.#options.keptPagesMax) continue;
      pages -= pagesOf(one.memory);
      this.#kept.splice(this.#kept.indexOf(one), 1);
      this.#letGo(one);
    }
  }

  /** For an arena that a thread may still work on. */
  drop(arena: Arena): void {
    this.#end(arena);
    this.#letGo(arena);
  }

  #takeKept(): Arena | undefined {
    const arena = this.#kept.pop();
    if (arena === undefined || this.#options.budget.tryTake(pagesOf(arena.memory))) return arena;
    // A new one is smaller, and there may be room for that.
    this.#letGo(arena);
    return undefined;
  }

  #make(): Arena {
    const { budget } = this.#options;
    try {
      budget.take(NEW_PAGES, 0);
      return { memory: makeMemory(budget), slots: [newSlot(), newSlot()] };
    } catch (error) {
      throw memoryRefusal(error) ?? error;
    }
  }

  #end({ memory }: Arena): void {
    this.#inUse -= 1;
    if (this.#inUse === 0) this.#options.budget.clear();
    else this.#options.budget.giveBack(pagesOf(memory));
  }

  #letGo({ memory }: Arena): void {
    this.#letGoPages += pagesOf(memory);
    if (this.#letGoPages < COLLECTED_PAGES) return;
    this.#letGoPages = 0;
    this.#options.collect();
  }
}

function makeMemory(budget: MemoryBudget): SharedMemory {
  try {
    return sharedMemory();
  } catch (error) {
    budget.giveBack(NEW_PAGES);
    throw error;
  }
}

function newSlot(): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(SLOT_BYTES));
}
