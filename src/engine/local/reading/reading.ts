import { DataError, NotATableError } from '../../../errors.ts';
import { hasLostThread, ThreadLostError } from '../errors.ts';
import type { Arena, ArenaShelf } from '../memory/arena.ts';
import type { ReaderThread, ReadTable, Unread } from './types.ts';

let lastId = 0;

/** Bytes that keep their alignment are copied in words, four times as fast into shared memory. */
const WORD_BYTES = 8;

/**
 * A file that a thread reads while it arrives. Bytes are copied into one of two shared slots: the thread reads one slot
 * while the other is filled. A writer that is faster than the thread waits.
 */
export class Reading {
  readonly #id: number;
  readonly #thread: ReaderThread;
  readonly #shelf: ArenaShelf;
  #arena: Arena | undefined;
  #slot: 0 | 1 = 0;
  /** Where the bytes in the slot begin and end. */
  #begun = 0;
  #filled = 0;
  /** The reading of the slot that the thread has now. */
  #underWay: Promise<ReadTable | undefined> = Promise.resolve(undefined);
  #failure: unknown;
  #hasBegun = false;
  #isDone = false;
  #isOver = false;
  #mayBeInUse = false;

  /** @throws BusyError or DataError if there is no memory for another table */
  constructor(thread: ReaderThread, shelf: ArenaShelf) {
    lastId++;
    this.#id = lastId;
    this.#thread = thread;
    this.#shelf = shelf;
    this.#arena = shelf.take();
  }

  /** Takes the next bytes. `table` throws what is wrong with the file; further bytes are thrown away. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && this.#failure === undefined; ) {
      const slot = this.#held.slots[this.#slot];
      if (this.#filled === this.#begun) this.#begun = this.#filled = (bytes.byteOffset + at) % WORD_BYTES;
      const count = Math.min(slot.length - this.#filled, bytes.length - at);
      slot.set(bytes.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      // A full slot waits for more bytes, so that the last slot is known to be the last.
      if (this.#filled === slot.length && at < bytes.length) await this.#handOver(false);
    }
  }

  /** No more bytes will come. */
  end(): void {
    if (this.#failure === undefined) void this.#handOver(true);
  }

  /** The table, once the last byte is read. @throws the file's first fault */
  async table(): Promise<ReadTable> {
    const read = await this.#underWay;
    if (this.#failure !== undefined) throw this.#failure;
    return read as ReadTable;
  }

  /**
   * The table. If its thread is lost, only memory for a table: a training thread can read the whole file again from disk,
   * where a harmful file affects nobody else.
   * @param isReadAgain whether the file is read again in another way, so that its faults do not count
   * @throws the file's first fault, and what the constructor throws
   */
  async tableOrRoom(isReadAgain = false): Promise<ReadTable | Unread> {
    try {
      return await this.table();
    } catch (error) {
      if (!(error instanceof ThreadLostError || (isReadAgain && isFault(error)))) throw error;
      this.#mayBeInUse = false;
      this.#arena = this.#shelf.take();
      return { memory: this.#arena.memory };
    }
  }

  /** Says that a thread may still work on the table's memory, so that it is not used again. */
  abandonMemory(): void {
    this.#mayBeInUse = true;
  }

  /** Lets go of the table and its memory. */
  async release(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure ??= new Error('the upload was broken off');
    await this.#underWay;
    if (!this.#isDone) await this.#thread.forget(this.#id).catch(() => undefined);
    // Somebody may still hold this object, which must not hold the memory.
    this.#underWay = Promise.resolve(undefined);
    this.#letGo();
  }

  get #held(): Arena {
    return this.#arena as Arena;
  }

  #letGo(): void {
    const arena = this.#arena;
    this.#arena = undefined;
    if (arena === undefined) return;
    if (this.#mayBeInUse) this.#shelf.drop(arena);
    else this.#shelf.giveBack(arena);
  }

  /** Waits until the thread has read the other slot, and hands over this one. */
  async #handOver(isLast: boolean): Promise<void> {
    const filled = this.#held.slots[this.#slot].subarray(this.#begun, this.#filled);
    const before = this.#underWay;
    this.#slot = this.#slot === 0 ? 1 : 0;
    this.#begun = this.#filled = 0;
    this.#underWay = this.#read(before, filled, isLast);
    await before;
  }

  async #read(before: Promise<unknown>, bytes: Uint8Array, isLast: boolean): Promise<ReadTable | undefined> {
    await before;
    if (this.#failure !== undefined) return undefined;
    try {
      const memory = this.#hasBegun ? undefined : this.#held.memory;
      this.#hasBegun = true;
      const read = await this.#thread.read(this.#id, memory, bytes, isLast);
      this.#isDone = isLast;
      return read;
    } catch (error) {
      this.#failure = error;
      this.#isDone = true;
      this.#mayBeInUse = hasLostThread(error);
      // Much may still arrive and be thrown away.
      this.#letGo();
      return undefined;
    }
  }
}

/** Errors that another reading of the file would end with too. */
const NOT_OF_FORMAT: readonly string[] = ['parse_timeout', 'too_large_for_memory', 'corrupt_gzip'];

/** Whether an error may be due to how the file was read. */
function isFault(error: unknown): boolean {
  if (error instanceof NotATableError) return true;
  return error instanceof DataError && !NOT_OF_FORMAT.includes(error.code);
}
