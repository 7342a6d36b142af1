/** Layouts of src/kernels/assembly/layout.ts, scan.ts, seal.ts, blocks.ts and rows.ts, for the callers of the kernels. */

/** Upper halves of staged words. A number's decimals are added to `number`. Any other word is a double. */
export const STAGED = { number: 0x7ffc_0000, missing: 0x7ffd_0000, other: 0x7ffe_0000 } as const;
/** The lower half of a word without a value. */
export const NO_VALUE = -0x8000_0000;
/** The lower half of a missing word whose cell holds the column's first word for missing. */
export const FIRST_WORD = 0;
/** The least positive number that is not staged as a whole number. */
export const STAGED_END = 0x7fff_ffff;

/** Places of the arguments and results of `scan`, in u32 from the address of its state on. */
export const SCAN = {
  delimiter: 0,
  point: 1,
  columns: 2,
  columnBytes: 3,
  staged: 4,
  textColumns: 5,
  marks: 6,
  spans: 7,
  spansMax: 8,
  texts: 9,
  powers: 10,
  ends: 11,
  endsMax: 12,
  lineBytesMax: 13,
  next: 14,
  nextRow: 15,
  spanCount: 16,
} as const;
export const SCAN_BYTES = 80;
/** Kinds of columns, in bytes from `textColumns` on. The cells of a skipped column are not staged. */
export const COLUMN_KINDS = { numbers: 0, texts: 1, skipped: 2 } as const;
/** Places of the marks of a column in bytes: a number is not whole or not exact, and a whole number is beyond 2^53. */
export const MARKS = { notWhole: 0, large: 1 } as const;
export const MARK_BYTES = 2;
/** Bytes of a cell that is handed out: address, length, row in the block, column, each as u32. */
export const SPAN_BYTES = 16;
/** Reasons why a scan ends. */
export const SCAN_ENDS = { allTaken: 0, blockFull: 1, spansFull: 2, oddRow: 3 } as const;

/** Places of the result of `seal`, in u32 from its address on. */
export const SEALED = { kind: 0, decimals: 1, missing: 2, others: 3, firstMissing: 4, words: 5 } as const;
export const SEALED_BYTES = 32;

/** Places of a block's entry, in u32: first byte, end, rows, and whether `readBlock` has taken the block. */
export const ENTRY = { from: 0, to: 1, rows: 2, isTaken: 3 } as const;
export const ENTRY_BYTES = 16;

/**
 * Places of the result of `readBlock`, in bytes.
 * The bytes of all segments stand at 0. The results of `seal`, one a column, begin at `ofColumns`.
 */
export const READ = { ofColumns: 16 } as const;

/** Places of the arguments of `writeRows` and `writeCells`, in u32 from the address of their state on. */
export const ROWS = {
  delimiter: 0,
  point: 1,
  powers: 2,
  values: 3,
  nValues: 4,
  codes: 5,
  texts: 6,
  nTexts: 7,
  delimiterBytes: 8,
} as const;
export const ROWS_BYTES = 48;
/** Bytes of a text that a code names: address and length, each as u32. */
export const ROW_TEXT_BYTES = 8;
/** Most bytes of a number, and of the delimiter before it. */
export const ROW_VALUE_BYTES = 28;
/** Bytes behind a row that may be overwritten. */
export const ROWS_SLACK_BYTES = 64;
