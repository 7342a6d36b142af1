import type { Table } from '../../../data/table.ts';
import type { SharedMemory } from '../../../kernels/module.ts';
/** A file whose table is lost with the thread that read it, and the memory that it is to lie in. */
export interface Unread {
  readonly memory: SharedMemory;
}

/** A table, and the milliseconds that a thread worked on reading it. */
export interface ReadTable {
  readonly table: Table;
  readonly parseMs: number;
}

/** What a reader thread does for one upload. */
export interface ReaderThread {
  /**
   * Reads the next bytes of the file `id`; the table is there after the last of them.
   * @param memory where the table is to lie, with the first bytes
   * @throws DataError, NotATableError or TooLargeError where the file is no table that can be taken
   * @throws BusyError where others hold the memory that it would need
   * @throws ThreadLostError where the thread ends, and so do all others whose files it reads
   */
  read(
    id: number,
    memory: SharedMemory | undefined,
    bytes: Uint8Array,
    isLast: boolean,
  ): Promise<ReadTable | undefined>;
  /** Lets go of a file that will not be read to its end. */
  forget(id: number): Promise<void>;
}
