/** A task on one block: whatever it needs to know as numbers, then the block's number, then room that is its own. */
type BlockKernel = (...args: number[]) => void;

/** A table's column, as kernels find it. */
export type ColumnOfTable = [
  directory: number,
  nColumns: number,
  blockRows: number,
  nRows: number,
  column: number,
];

/** What src/kernels/assembly/passes.ts and blocks.ts export for many blocks; the arguments are described there. */
export interface PassKernels {
  readonly readBlock: BlockKernel;
  readonly partitionBlock: BlockKernel;
  readonly statisticsOfBlock: BlockKernel;
  readonly countTextsOfBlock: BlockKernel;
  readonly logLossOfBlock: BlockKernel;
  readonly predictBlock: BlockKernel;
  readonly classifyBlock: BlockKernel;
  /** Decimals of a column, and from bit 8 on the bytes of its widest cells; -1 where it is packed otherwise. */
  packingOfColumn(directory: number, nColumns: number, nBlocks: number, column: number): number;
  /** Counts cells of 16 bits at most: missing ones as the first of 65,536, then the numbers from -32,767 on. */
  tallyColumn(...args: [...ColumnOfTable, counts: number]): void;
  /** Least and largest whole number, as two i32 at `out`. */
  rangeOfColumn(...args: [...ColumnOfTable, out: number]): void;
  /** Counts whole numbers from `low` to `high`, `2^shift` neighbours together, as u32. */
  countColumn(...args: [...ColumnOfTable, low: number, high: number, shift: number, counts: number]): void;
  /** Adds distances from `centre`, their squares and the number of cells to three doubles. */
  momentsOfColumn(...args: [...ColumnOfTable, centre: number, out: number]): void;
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

/** The tasks by number, as threads hand them to each other. */
export const BLOCK_TASKS = [
  'readBlock',
  'partitionBlock',
  'statisticsOfBlock',
  'countTextsOfBlock',
  'logLossOfBlock',
  'predictBlock',
  'classifyBlock',
] as const satisfies readonly (keyof PassKernels)[];

export type BlockTaskName = (typeof BLOCK_TASKS)[number];

/** A task for each block of a table. The blocks may be taken in any order, and each must write to a place of its own. */
export interface BlockTask {
  readonly kernel: BlockTaskName;
  /** The task's arguments but for the last two, block and scratch. */
  readonly args: readonly number[];
  readonly nBlocks: number;
  /** Room that each thread needs. */
  readonly scratchBytes: number;
  /** Cells read, roughly: whether it pays to wake helpers. */
  readonly cells: number;
}

/** Threads that work on the blocks of one memory together. */
export interface BlockThreads {
  /** How many they are, with the one that asks. */
  readonly size: number;
  /**
   * Begins a task: other threads take its blocks from now on.
   * @param scratch `scratchBytes` a thread, until it is finished
   */
  begin(task: BlockTask, scratch: number): void;
  /** Takes blocks of what was begun, and waits for the last of them. @throws Error where a thread does not come back */
  finish(): void;
}
