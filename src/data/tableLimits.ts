/** The most that a table may have. A table that has more is refused, with the row that goes beyond the limit. */
export interface TableLimits {
  readonly rows: number;
  readonly columns: number;
  /** Rows times columns. */
  readonly cells: number;
  /** Characters (UTF-16 units) of a cell, without its quotes. */
  readonly cellChars: number;
  /** Characters of a row with its quotes and the line ends in them. */
  readonly lineChars: number;
}

/** Far above any table that a logistic regression is fitted on. Together they bound the memory of reading a table. */
export const TABLE_LIMITS: TableLimits = {
  rows: 5_000_000,
  columns: 1_000,
  cells: 50_000_000,
  cellChars: 1 << 16,
  lineChars: 1 << 20,
};
