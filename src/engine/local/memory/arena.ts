import { MemoryBudget } from '../../../kernels/memoryBudget.ts';
import { pagesOf, type SharedMemory, sharedMemory } from '../../../kernels/module.ts';
import { memoryRefusal } from '../errors.ts';

/** Memory for one upload: the memory of its table, and two slots in which its bytes are handed over. */
export interface Arena {
  readonly memory: SharedMemory;
  readonly slots: readonly [Uint8Array, Uint8Array];
}

export interface ShelfOptions {
  /** The budget of all arenas in use; kept arenas do not count. */
  readonly budget: MemoryBudget;
  /** The most memory of unused arenas that is kept. */
  readonly keptPagesMax: number;
  /** Called when enough memory was let go that collecting it pays. */
  readonly collect: () => void;
}

/** Large enough to wake a thread seldom, small enough to be nothing beside a table. */
const SLOT_BYTES = 1 << 18;
/** Pages of a new memory. */
const NEW_PAGES = 1;
/** 64 MB: collecting less is not worth the milliseconds that it takes. */
const COLLECTED_PAGES = 1_024;

/**
 * Arenas in use, and arenas kept for later. A memory can grow and never shrinks, so unused arenas are used again, the
 * latest first. The largest ones are kept as long as they fit into `keptPagesMax`; the others are let go.
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

  /** @throws BusyError or DataError if there is no memory for another arena */
  take(): Arena {
    const arena = this.#takeKept() ?? this.#make();
    this.#inUse++;
    return arena;
  }

  /** Takes back an arena that no thread works on any more. */
  giveBack(arena: Arena): void {
    this.#end(arena);
    this.#kept.push(arena);
    // The pages of the largest ones took longest to fill.
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

  /** Gives up an arena that a thread may still work on. */
  drop(arena: Arena): void {
    this.#end(arena);
    this.#letGo(arena);
  }

  #takeKept(): Arena | undefined {
    const arena = this.#kept.pop();
    if (arena === undefined || this.#options.budget.tryTake(pagesOf(arena.memory))) return arena;
    // A new arena is smaller, so there may be room for it.
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
    this.#inUse--;
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
