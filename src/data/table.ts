import type { SharedMemory } from '../kernels/module.ts';
import type { CsvFormat } from './sniff.ts';

/**
 * A table as it was read: its cells lie in a memory that threads share, column by column within blocks of rows, each
 * column of a block packed as tightly as it goes without losing a bit.
 */
export interface Table {
  readonly memory: SharedMemory;
  readonly rows: number;
  /** Rows of each block but the last; it depends on the number of columns alone. */
  readonly blockRows: number;
  /**
   * Address of the directory: `SEGMENT_BYTES` a segment, block after block and in a block column after column: the
   * address of its cells (u32), its kind (u8, see `KINDS`), its decimals (u8), and two bytes of 0.
   */
  readonly directoryAddress: number;
  /** First byte behind the table, a multiple of 16; what works on the table may use what lies behind it. */
  readonly freeAddress: number;
  readonly columns: readonly TableColumn[];
  readonly format: CsvFormat;
  /** First 32 hex digits of the SHA-256 of the file's bytes as they came, folded or not. */
  readonly digest: string;
}

/** Bytes of a segment's entry in the directory. */
export const SEGMENT_BYTES = 8;

/**
 * How a segment keeps its cells: as doubles, or as whole numbers of which each stands for `number / 10^decimals`,
 * correctly rounded. Missing is NaN among doubles, and the least number of its width among whole numbers. Of a column
 * of text the numbers are places in its `texts`, decimals 0. A segment begins at a multiple of 16, and up to 16 bytes
 * behind it may be read.
 */
export const KINDS = { float64: 0, int8: 1, int16: 2, int32: 3 } as const;

export type TableColumn = NumberColumn | TextColumn;

interface CellCounts {
  readonly name: string;
  /** Cells that read as numbers (infinite ones too), that are missing, and that hold anything else. */
  readonly numbers: number;
  readonly missing: number;
  readonly others: number;
  /** The first cell of each kind. */
  readonly firstMissing: Cell | undefined;
  readonly firstInfinite: Cell | undefined;
  readonly firstOther: Cell | undefined;
}

/** One cell: its row counts from 0, the header line not counted. */
export interface Cell {
  readonly row: number;
  readonly text: string;
}

/** Read as numbers: a cell that is none is missing here, and counted among `others`. */
export interface NumberColumn extends CellCounts {
  readonly kind: 'number';
  /**
   * `long` where every cell is a number without point and exponent that a double holds exactly; `boolean` where every
   * cell that is not missing is a truth value, and then 1 and 0 stand for them.
   */
  readonly type: 'long' | 'double' | 'boolean';
}

/** Read as text: each cell as its place in `texts`. */
export interface TextColumn extends CellCounts {
  readonly kind: 'text';
  /** The different texts in the order of their first cells, missing ones not among them. */
  readonly texts: readonly string[];
  /** Whether there are more than `TEXTS_MAX` different texts: those behind them are missing then. */
  readonly overflowed: boolean;
}

/** More different texts than any target or one-hot encoded column may have. */
export const TEXTS_MAX = 1_000;
