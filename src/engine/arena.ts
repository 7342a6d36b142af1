import { type SharedMemory, sharedMemory } from '../kernels/module.ts';

/** What an upload is read into: the memory that its table will lie in, and two slots in which its bytes are handed over. */
export interface Arena {
  readonly memory: SharedMemory;
  readonly slots: readonly [Uint8Array, Uint8Array];
}

/** Large enough that a thread is woken seldom, small enough that an upload's own buffers are nothing beside its table. */
const SLOT_BYTES = 1 << 18;

/**
 * Arenas that nobody uses now. A memory can grow and never shrinks, so those there are are used again, the latest one
 * first: the process holds as many as there were uploads at once, each as large as its largest table.
 */
export class ArenaShelf {
  readonly #free: Arena[] = [];

  take(): Arena {
    return this.#free.pop() ?? { memory: sharedMemory(), slots: [newSlot(), newSlot()] };
  }

  /** Only for an arena that no thread works on any more. */
  giveBack(arena: Arena): void {
    this.#free.push(arena);
  }
}

function newSlot(): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(SLOT_BYTES));
}
