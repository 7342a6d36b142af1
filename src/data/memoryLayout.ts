import { FIRST_ADDRESS } from '../kernels/module.ts';
import { powersOfTen } from '../kernels/powersOfTen.ts';
import { ENTRY_BYTES, READ, SCAN_BYTES, SEALED_BYTES, SPAN_BYTES } from '../kernels/scanLayout.ts';

/** Rows of a block, and the most cells that it has: they lie ready for a core's own cache. */
const BLOCK_ROWS_MAX = 8_192;
const BLOCK_ROWS_MIN = 512;
const BLOCK_CELLS_MAX = 1 << 17;
/** What may be read or written behind a segment, and while one is made. */
export const SLACK_BYTES = 64;
/**
 * Cells that are found before they are staged, several rows of them at least, and the room for those that are handed
 * out.
 */
const ENDS_MIN = 2_048;
const ENDS_ROWS_MIN = 8;
const SPANS_PER_END = 4;
/** Behind the ends that are found so many more are written. */
const ENDS_SLACK = 16;
/** Between the staged words of two columns, as columns a power of two apart get in each other's way in the cache. */
const COLUMN_GAP = 16;
const WORD_BYTES = 8;

/** Where things lie in the memory while a table is read; each begins at a multiple of 16. */
export interface MemoryLayout {
  readonly scan: number;
  readonly sealed: number;
  readonly powers: number;
  readonly textColumns: number;
  readonly notWhole: number;
  readonly ends: number;
  readonly spans: number;
  readonly texts: number;
  readonly staged: number;
  readonly input: number;
  /** What threads read a table's blocks with. */
  readonly entries: number;
  readonly results: number;
  readonly windows: number;
  readonly scratch: number;
  readonly table: number;
}

/** How large the things are that lie there. */
export interface Sizes {
  readonly blockRows: number;
  /** From one column's staged words to the next one's. */
  readonly columnWords: number;
  readonly endsMax: number;
  readonly spansMax: number;
  /** Room for what threads tell of a block, and that each of them needs to read one. */
  readonly resultBytes: number;
  readonly scratchBytes: number;
  /** Room for the segments of a block while it is not known how well they pack. */
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
    resultBytes: align(READ.ofColumns + columns * (SEALED_BYTES + 1)),
    scratchBytes: parts.reduce((sum, bytes) => sum + align(bytes), 0),
    slotBytes: columns * align(blockRows * WORD_BYTES) + SLACK_BYTES,
  };
}

/** Rows of a block of so many columns. */
function blockRowsOf(columns: number): number {
  let rows = BLOCK_ROWS_MAX;
  while (rows > BLOCK_ROWS_MIN && rows * columns > BLOCK_CELLS_MAX) rows /= 2;
  return rows;
}

/** What threads that read blocks together need beside what one of them does. */
export interface Sharing {
  readonly threads: number;
  /** Bytes of each of the two windows, and the most blocks that one has. */
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
    notWhole: take(columns),
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
