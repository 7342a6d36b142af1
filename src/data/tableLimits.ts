/** Largest size of a table. An error names the row that exceeds a limit. */
export interface TableLimits {
  readonly rows: number;
  readonly columns: number;
  /** Rows times columns. */
  readonly cells: number;
  /** Characters (UTF-16 units) of a cell, without its quotes. */
  readonly cellChars: number;
  /** Characters of a row, including its quotes and the line ends in them. */
  readonly lineChars: number;
}

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
};
