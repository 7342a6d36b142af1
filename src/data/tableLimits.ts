/** Largest size of a table. An error names the row that exceeds a limit. */
export interface TableLimits {
  readonly rows: number;
  /** Also of the columns that a model gets: each category of a text column is one. */
  readonly columns: number;
  /** Rows times columns. */
  readonly cells: number;
  /** Characters (UTF-16 units) of a cell, without its quotes. */
  readonly cellChars: number;
  /** Characters of a row, including its quotes and the line ends in them. */
  readonly lineChars: number;
  /** Different texts of a text column. */
  readonly categories: number;
}

/** Most texts that are kept of a column: no target and no encoded column may have more. */
export const TEXTS_MAX = 1_000;

/**
 * Default limits, far above any table that a logistic regression is fitted on. They bound the memory of reading a
 * table.
 */
export const TABLE_LIMITS: TableLimits = {
  rows: 5_000_000,
  columns: 1_000,
  cells: 50_000_000,
  cellChars: 1 << 16,
  lineChars: 1 << 20,
  // A column with more different texts is probably a name or a comment.
  categories: 255,
};
