import { FIRST_ADDRESS } from '../kernels/module.ts';
import { powersOfTen } from '../kernels/powersOfTen.ts';
import {
  ENTRY_BYTES,
  MARK_BYTES,
  READ,
  SCAN_BYTES,
  SEALED_BYTES,
  SPAN_BYTES,
} from '../kernels/scanLayout.ts';

/** Rows of a block, and its most cells: they fit in the cache of one core. */
const BLOCK_ROWS_MAX = 8_192;
const BLOCK_ROWS_MIN = 512;
const BLOCK_CELLS_MAX = 1 << 17;
/** Bytes after a segment that may be read, and written while a segment is made. */
export const SLACK_BYTES = 64;
/** Cells that are found before they are staged (at least several rows), and the room for cells that are handed out. */
const ENDS_MIN = 2_048;
const ENDS_ROWS_MIN = 8;
const SPANS_PER_END = 4;
/** Entries after the found ends that may be overwritten. */
const ENDS_SLACK = 16;
/** Gap between the staged words of two columns. Columns a power of two apart would evict each other from the cache. */
const COLUMN_GAP = 16;
const WORD_BYTES = 8;

/** Addresses in the memory while a table is read, all multiples of 16. */
export interface MemoryLayout {
  readonly scan: number;
  readonly sealed: number;
  readonly powers: number;
  readonly textColumns: number;
  readonly marks: number;
  readonly ends: number;
  readonly spans: number;
  readonly texts: number;
  readonly staged: number;
  readonly input: number;
  /** Memory for the threads that read blocks. */
  readonly entries: number;
  readonly results: number;
  readonly windows: number;
  readonly scratch: number;
  readonly table: number;
}

/** Sizes of the areas in the memory. */
export interface Sizes {
  readonly blockRows: number;
  /** Distance from one column's staged words to the next column's. */
  readonly columnWords: number;
  readonly endsMax: number;
  readonly spansMax: number;
  /** Bytes for the result of one block, and bytes that a thread needs to read a block. */
  readonly resultBytes: number;
  readonly scratchBytes: number;
  /** Bytes for the segments of a block before packing. */
  readonly slotBytes: number;
}

export function sizesFor(columns: number): Sizes {
  const blockRows = blockRowsOf(columns);
  const columnWords = blockRows + COLUMN_GAP;
  const endsMax = Math.max(ENDS_MIN, ENDS_ROWS_MIN * columns);
  const parts = [
    SCAN_BYTES,
    (endsMax + ENDS_SLACK) * 4,
    endsMax * SPAN_BYTES,
    columns * columnWords * WORD_BYTES,
  ];
  return {
    blockRows,
    columnWords,
    endsMax,
    spansMax: SPANS_PER_END * endsMax,
    resultBytes: align(READ.ofColumns + columns * (SEALED_BYTES + MARK_BYTES)),
    scratchBytes: parts.reduce((sum, bytes) => sum + align(bytes), 0),
    slotBytes: columns * align(blockRows * WORD_BYTES) + SLACK_BYTES,
  };
}

/** Rows of a block with this number of columns. */
function blockRowsOf(columns: number): number {
  let rows = BLOCK_ROWS_MAX;
  while (rows > BLOCK_ROWS_MIN && rows * columns > BLOCK_CELLS_MAX) rows /= 2;
  return rows;
}

/** Extra memory for threads that read blocks together. */
export interface Sharing {
  readonly threads: number;
  /** Bytes of each of the two windows, and the most blocks of one window. */
  readonly windowBytes: number;
  readonly blocksMax: number;
}

export const UNSHARED: Sharing = { threads: 0, windowBytes: 0, blocksMax: 0 };

export function layOut(
  columns: number,
  sizes: Sizes,
  inputBytes: number,
  textsBytes: number,
  { threads, windowBytes, blocksMax }: Sharing,
): MemoryLayout {
  let free = FIRST_ADDRESS;
  const take = (bytes: number) => {
    const address = free;
    free = align(free + bytes);
    return address;
  };
  return {
    scan: take(SCAN_BYTES),
    sealed: take(SEALED_BYTES),
    powers: take(powersOfTen().byteLength),
    textColumns: take(columns),
    marks: take(columns * MARK_BYTES),
    ends: take((sizes.endsMax + ENDS_SLACK) * 4),
    spans: take(sizes.spansMax * SPAN_BYTES),
    texts: take(textsBytes),
    staged: take(columns * sizes.columnWords * WORD_BYTES),
    input: take(inputBytes),
    entries: take(blocksMax * ENTRY_BYTES),
    results: take(blocksMax * sizes.resultBytes),
    windows: take(2 * windowBytes),
    scratch: take(threads * sizes.scratchBytes),
    table: free,
  };
}

export function align(address: number): number {
  return Math.ceil(address / 16) * 16;
}
