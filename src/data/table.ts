import type { SharedMemory } from '../kernels/module.ts';
import type { CsvFormat } from './sniff.ts';

/**
 * A table as it was read.
 * Its cells are in memory that threads share, column by column within blocks of rows. Each column of a block is
 * packed as tightly as possible without losing a bit.
 */
export interface Table {
  readonly memory: SharedMemory;
  readonly rows: number;
  /** Rows of each block except the last. Depends only on the number of columns. */
  readonly blockRows: number;
  /**
   * Address of the directory, which has `SEGMENT_BYTES` for each segment, block after block and column after column.
   * An entry has the address of the cells (u32), the kind (u8, see `KINDS`), the decimals (u8), and two bytes of 0.
   */
  readonly directoryAddress: number;
  /** First byte after the table, a multiple of 16. Code that works on the table may use the memory from here on. */
  readonly freeAddress: number;
  readonly columns: readonly TableColumn[];
  readonly format: CsvFormat;
  /** First 32 hex digits of the SHA-256 of the file's bytes as received, compressed or not. */
  readonly digest: string;
}

/** Bytes of a segment's directory entry. */
export const SEGMENT_BYTES = 8;

/**
 * How a segment stores its cells: as doubles, or as whole numbers that each stand for `number / 10^decimals`,
 * correctly rounded.
 * A missing cell is NaN among doubles, and the smallest number of its width among whole numbers. In a text column the
 * numbers are indices into `texts`, with decimals 0. A segment begins at a multiple of 16, and up to 16 bytes after
 * it may be read.
 */
export const KINDS = { float64: 0, int8: 1, int16: 2, int32: 3 } as const;

/** Bytes of a cell, for each of `KINDS`. */
export const WIDTHS = [8, 1, 2, 4] as const;

export type TableColumn = NumberColumn | TextColumn;

interface CellCounts {
  readonly name: string;
  /** Number of cells that are numbers (also infinite), that are missing, and that are anything else. */
  readonly numbers: number;
  readonly missing: number;
  readonly others: number;
  /** First cell of each kind. */
  readonly firstMissing: Cell | undefined;
  readonly firstInfinite: Cell | undefined;
  readonly firstOther: Cell | undefined;
}

/** One cell. Rows count from 0, without the header line. */
export interface Cell {
  readonly row: number;
  readonly text: string;
}

/** A column read as numbers. A cell that is not a number is missing here, and counted in `others`. */
export interface NumberColumn extends CellCounts {
  readonly kind: 'number';
  /**
   * `long` if every cell is a number without point and exponent that a double represents exactly. `boolean` if every
   * cell that is not missing is a truth value, stored as 1 or 0.
   */
  readonly type: 'long' | 'double' | 'boolean';
}

/** A column read as text. Each cell is an index into `texts`. */
export interface TextColumn extends CellCounts {
  readonly kind: 'text';
  /** The different texts in order of first appearance, without missing cells. */
  readonly texts: readonly string[];
  /** Whether there are more than `TEXTS_MAX` different texts. Cells with later texts are then missing. */
  readonly overflowed: boolean;
}

/** Most texts that are kept: more than any target or one-hot encoded column may have. */
export const TEXTS_MAX = 1_000;
