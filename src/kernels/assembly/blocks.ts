// Finds the ends of whole blocks of plain rows, and makes packed segments of each block's bytes.
import { LF } from './layout';
import { bitsOf, MARK_BYTES, scan, STEP } from './scan';
import { seal } from './seal';

// A block's entry as u32: its first byte and its end, its rows, and whether `readBlock` has taken the block.
const ENTRY_BYTES: usize = 16;
const FROM: usize = 0;
const TO: usize = 4;
const ROWS: usize = 8;
const IS_TAKEN: usize = 12;

// The result of `readBlock`: the bytes of all segments, then the result of `seal` for each column, then for each column
// the marks that `scan` stores.
const SEGMENT_BYTES: usize = 0;
const OF_COLUMNS: usize = 16;
const SEALED_BYTES: usize = 32;

// Places in the state of `scan`.
const STATE_BYTES: usize = 80;
const COLUMNS: usize = 8;
const COLUMN_BYTES: usize = 12;
const STAGED: usize = 16;
const MARKS: usize = 24;
const SPANS: usize = 28;
const SPANS_MAX: usize = 32;
const ENDS: usize = 44;
const ENDS_MAX: usize = 48;
const NEXT_ROW: usize = 60;
const SPAN_COUNT: usize = 64;
const SPAN_BYTES: usize = 16;
/** `scan` may write so many more ends behind the last end. */
const ENDS_SLACK: usize = 16;

/** Bytes of a cell, by the kind in the result of `seal`. */
const WIDTHS: StaticArray<usize> = [8, 1, 2, 4];

/**
 * Finds the end of a block by counting its line ends.
 * @param lines how many lines the block has
 * @returns the address behind the last line; if the bytes end before the block does, minus the lines that were found
 */
export function findLines(from: usize, to: usize, lines: i32): isize {
  const lf = i8x16.splat(<i8>LF);
  let left = lines;
  for (let at = from; at < to; at += STEP) {
    let found = bitsOf(at, lf);
    if (to - at < STEP) found &= ((<u64>1) << (<u64>(to - at))) - 1;
    const count = <i32>popcnt(found);
    if (count >= left) {
      for (; left > 1; left -= 1) found &= found - 1;
      return at + <usize>ctz(found) + 1;
    }
    left -= count;
  }
  return left - lines;
}

/**
 * Reads and packs a block whose cells are all numbers, empty, or known texts.
 * The kernel takes no other block. No such cell has a quote, a NUL, a lone CR or an invalid character, so the kernel
 * need not look for these bytes.
 * @param model a state of `scan`; the kernel copies the state and replaces the room for ends, spans and staged cells
 * @param entries one entry a block
 * @param slots room for the segments, column after column; `slotBytes` a block, which are 8 bytes a cell and 64
 * @param results `resultBytes` a block
 * @param scratch room for a state, its ends, spans and staged cells, each at a multiple of 16
 */
export function readBlock(
  model: usize,
  entries: usize,
  slots: usize,
  slotBytes: usize,
  results: usize,
  resultBytes: usize,
  block: i32,
  scratch: usize,
): void {
  const entry = entries + <usize>block * ENTRY_BYTES;
  const from = <usize>load<u32>(entry, FROM);
  const to = <usize>load<u32>(entry, TO);
  const rows = load<u32>(entry, ROWS);
  store<u32>(entry, 0, IS_TAKEN);
  const result = results + <usize>block * resultBytes;
  const columns = <usize>load<u32>(model, COLUMNS);
  const marks = result + OF_COLUMNS + columns * SEALED_BYTES;
  memory.fill(marks, 0, columns * MARK_BYTES);
  makeState(model, scratch, marks);
  scan(scratch, from, to, 0, rows);
  if (load<u32>(scratch, NEXT_ROW) != rows || load<u32>(scratch, SPAN_COUNT) != 0) return;
  const slot = slots + <usize>block * slotBytes;
  let out = slot;
  for (let column: usize = 0; column < columns; column += 1) {
    const sealed = result + OF_COLUMNS + column * SEALED_BYTES;
    const staged = <usize>load<u32>(scratch, STAGED) + column * <usize>load<u32>(scratch, COLUMN_BYTES);
    seal(staged, rows, out, sealed);
    out = aligned(out + <usize>rows * unchecked(WIDTHS[load<u32>(sealed)]));
  }
  store<u32>(result, <u32>(out - slot), SEGMENT_BYTES);
  store<u32>(entry, 1, IS_TAKEN);
}

/** Makes a thread's own copy of the model. */
function makeState(model: usize, scratch: usize, marks: usize): void {
  const endsMax = <usize>load<u32>(model, ENDS_MAX);
  const ends = aligned(scratch + STATE_BYTES);
  const spans = aligned(ends + ((endsMax + ENDS_SLACK) << 2));
  memory.copy(scratch, model, STATE_BYTES);
  store<u32>(scratch, <u32>ends, ENDS);
  store<u32>(scratch, <u32>spans, SPANS);
  // The room for spans holds the cells of one step only, so the first cell that is handed out ends the scan.
  store<u32>(scratch, <u32>endsMax, SPANS_MAX);
  store<u32>(scratch, <u32>aligned(spans + endsMax * SPAN_BYTES), STAGED);
  store<u32>(scratch, <u32>marks, MARKS);
}

@inline
function aligned(address: usize): usize {
  return (address + 15) & ~15;
}
