import type { SharedMemory } from '../kernels/module.ts';
import type { LineNumbers } from './lines.ts';
import type { CsvFormat } from './sniff.ts';
import type { TableLimits } from './tableLimits.ts';

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
  /** Where the rows stand in the file. */
  readonly lines?: LineNumbers;
  readonly limits?: TableLimits;
  readonly header?: HeaderNotes;
}

/** What the header line does not say as it should. Places count from 0. */
export interface HeaderNotes {
  /** Columns that the header line gives no name. */
  readonly unnamed: readonly string[];
  /** Columns with the name of an earlier column: their new names, and the names in the file. */
  readonly renamed: readonly { readonly name: string; readonly from: string }[];
  /** Places of columns without a name and without a value, which are not in the table. */
  readonly leftOut: readonly number[];
  /** Whether the first column of the file is row names, and not in the table. */
  readonly hasRowNames: boolean;
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
  readonly notes?: ColumnNotes;
}

/** What a reader notes about a column beyond its counts. */
export interface ColumnNotes {
  /** Whether every number is whole, without point and exponent, and exact. */
  readonly isWhole: boolean;
  /** Whether there is a whole number beyond 2^53. */
  readonly isLarge: boolean;
  /** The `SHAPES` of the cells that are neither numbers nor missing. */
  readonly shapes: number;
  /** First cell whose comma or point may be a decimal sign, or group thousands. */
  readonly firstDoubt: Cell | undefined;
  /** Cells of a text column that a number column would take for missing, such as blanks. Counted among `others`. */
  readonly padded: number;
  /** Rows of the `others` of a number column, undefined if there are too many to keep. */
  readonly otherRows: readonly number[] | undefined;
  /** The texts of the first of these cells. */
  readonly otherTexts: readonly string[];
  /** The text of all `others`, undefined if there are several, blanks around a text aside. */
  readonly onlyOther: string | undefined;
  /** The first text that means missing, such as `NA`, and how many cells hold the text. */
  readonly missingText: { readonly text: string; readonly rows: number } | undefined;
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

export { TEXTS_MAX } from './tableLimits.ts';
