/** The most that a table may have; each is told with the row where it is reached. */
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

/** Far above any table that a logistic regression is fitted on, and what bounds the memory of reading one. */
export const TABLE_LIMITS: TableLimits = {
  rows: 5_000_000,
  columns: 1_000,
  cells: 50_000_000,
  cellChars: 1 << 16,
  lineChars: 1 << 20,
};
