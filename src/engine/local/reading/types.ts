import type { Table } from '../../../data/table.ts';
import type { SharedMemory } from '../../../kernels/module.ts';

/** A file whose table was lost with its thread: only the memory for a table is there. */
export interface Unread {
  readonly memory: SharedMemory;
}

/** A table, and the milliseconds that a thread worked on reading it. */
export interface ReadTable {
  readonly table: Table;
  readonly parseMs: number;
}

/** The training file and the test file, if there is one, each in one form. */
export interface Both<File> {
  readonly train: File;
  readonly test?: File | undefined;
}

/** What a reader thread does for one upload. */
export interface ReaderThread {
  /**
   * Reads the next bytes of the file `id`, and returns the table after the last ones.
   * @param memory for the table; with the first bytes only
   * @throws DataError, NotATableError or TooLargeError if the file is not a table that is accepted
   * @throws BusyError if others hold the memory that it needs
   * @throws ThreadLostError if the thread ends; all files that it reads get the same error
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
