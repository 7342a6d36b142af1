/** A kernel on one block or span. The last two arguments are its number and the address of the thread's scratch. */
type BlockKernel = (...args: number[]) => void;

/** Arguments that say where a table's column lies. */
export type ColumnOfTable = [
  directory: number,
  nColumns: number,
  blockRows: number,
  nRows: number,
  column: number,
];

/** The kernels on blocks and columns, which src/kernels/assembly/passes.ts and blocks.ts export. */
export interface PassKernels {
  readonly readBlock: BlockKernel;
  readonly partitionBlock: BlockKernel;
  readonly statisticsOfBlock: BlockKernel;
  readonly countTextsOfBlock: BlockKernel;
  readonly logLossOfBlock: BlockKernel;
  readonly hessianOfBlock: BlockKernel;
  readonly predictBlock: BlockKernel;
  readonly classifyBlock: BlockKernel;
  /** Returns a column's decimals, and from bit 8 on its widest cell's bytes; -1 for doubles or mixed decimals. */
  packingOfColumn(directory: number, nColumns: number, nBlocks: number, column: number): number;
  /** Stores 65,536 counts of a column of at most 16 bits: missing cells, then the numbers from -32,767 on. */
  tallyColumn(...args: [...ColumnOfTable, counts: number]): void;
  /** Stores the least and the largest whole number, as two i32 at `out`. */
  rangeOfColumn(...args: [...ColumnOfTable, out: number]): void;
  /** Adds to u32 counts of the whole numbers from `low` to `high`, `2^shift` neighbours together. */
  countColumn(...args: [...ColumnOfTable, low: number, high: number, shift: number, counts: number]): void;
  /** Adds to three doubles: the distances from `centre`, the squares of the distances, and the number of cells. */
  momentsOfColumn(...args: [...ColumnOfTable, centre: number, out: number]): void;
  /** Decodes rows of a block to doubles. */
  decodeRows(
    directory: number,
    nColumns: number,
    block: number,
    first: number,
    rows: number,
    notes: number,
    nNotes: number,
    to: number,
    stride: number,
  ): void;
}

/** The tasks in the order of their numbers, by which threads name a task to each other. */
export const BLOCK_TASKS = [
  'readBlock',
  'partitionBlock',
  'statisticsOfBlock',
  'countTextsOfBlock',
  'logLossOfBlock',
  'hessianOfBlock',
  'predictBlock',
  'classifyBlock',
] as const satisfies readonly (keyof PassKernels)[];

export type BlockTaskName = (typeof BLOCK_TASKS)[number];

/** A task for each block or span of a table. Threads take blocks in any order, so each block writes to its own place. */
export interface BlockTask {
  readonly kernel: BlockTaskName;
  /** The kernel's arguments without the last two, block and scratch. */
  readonly args: readonly number[];
  readonly nBlocks: number;
  /** Bytes of scratch that each thread needs. */
  readonly scratchBytes: number;
  /** How many cells the task reads, roughly. The number decides whether waking helpers pays. */
  readonly cells: number;
}

/** Threads that work together on the blocks of one memory. */
export interface BlockThreads {
  /** How many threads there are, the calling thread included. */
  readonly size: number;
  /**
   * Begins a task. Other threads take blocks of the task from now on.
   * @param scratch `scratchBytes` for each thread, until the task is finished
   */
  begin(task: BlockTask, scratch: number): void;
  /** Takes blocks of the task, and waits until the last block is done. @throws Error if a thread does not come back */
  finish(): void;
}
