/** What src/kernels/assembly/layout.ts, scan.ts, seal.ts and blocks.ts set out, for those who call them. */

/** Upper halves of staged words; a number's decimals are added to the first. Any other word is a double. */
export const STAGED = { number: 0x7ffc_0000, missing: 0x7ffd_0000, other: 0x7ffe_0000 } as const;
/** Lower half of a word without a value. */
export const NO_VALUE = -0x8000_0000;
/** Above every whole number that is staged as one. */
export const STAGED_END = 0x7fff_ffff;

/** Places of what `scan` is told and tells, in u32 from its state on. */
export const SCAN = {
  delimiter: 0,
  point: 1,
  columns: 2,
  columnBytes: 3,
  staged: 4,
  textColumns: 5,
  notWhole: 6,
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
/** Bytes of a cell that was handed out: address, length, row in the block, column, each as u32. */
export const SPAN_BYTES = 16;
/** Why a scan ends. */
export const SCAN_ENDS = { allTaken: 0, blockFull: 1, spansFull: 2, oddRow: 3 } as const;

/** Places of what `seal` tells, in u32 from its result on. */
export const SEALED = { kind: 0, decimals: 1, missing: 2, others: 3, firstMissing: 4 } as const;
export const SEALED_BYTES = 32;

/** Places of a block's entry, in u32: its bytes, its rows, and whether `readBlock` has taken it. */
export const ENTRY = { from: 0, to: 1, rows: 2, isTaken: 3 } as const;
export const ENTRY_BYTES = 16;

/** Bytes of what `readBlock` tells of a block: those of its segments, and from `ofColumns` on what `seal` tells of each. */
export const READ = { ofColumns: 16 } as const;
