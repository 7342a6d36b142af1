// Whole blocks of plain rows, each by itself: where they end, and from their bytes to packed segments.
import { LF } from './layout';
import { bitsOf, scan, STEP } from './scan';
import { seal } from './seal';

// A block as u32: its bytes, its rows, and whether `readBlock` has taken it.
const ENTRY_BYTES: usize = 16;
const FROM: usize = 0;
const TO: usize = 4;
const ROWS: usize = 8;
const IS_TAKEN: usize = 12;

// What `readBlock` tells of a block: the bytes of its segments, then for each column what `seal` tells, then a byte a
// column as `scan` stores it in `NOT_WHOLE`.
const SEGMENT_BYTES: usize = 0;
const OF_COLUMNS: usize = 16;
const SEALED_BYTES: usize = 32;

// Of the state of `scan`.
const STATE_BYTES: usize = 80;
const COLUMNS: usize = 8;
const COLUMN_BYTES: usize = 12;
const STAGED: usize = 16;
const NOT_WHOLE: usize = 24;
const SPANS: usize = 28;
const SPANS_MAX: usize = 32;
const ENDS: usize = 44;
const ENDS_MAX: usize = 48;
const NEXT_ROW: usize = 60;
const SPAN_COUNT: usize = 64;
const SPAN_BYTES: usize = 16;
/** Behind the ends that are found so many more are written. */
const ENDS_SLACK: usize = 16;

/** Bytes of a cell, by the kind that `seal` gives. */
const WIDTHS: StaticArray<usize> = [8, 1, 2, 4];

/**
 * Looks for the end of a block.
 * @param lines how many it has
 * @returns the address behind the last of them; where they do not end before `to`, minus how many were found
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
 * Reads a block whose cells are all numbers, empty, or known texts, and packs it; any other is not taken. So it needs no
 * look for quotes, NUL, a CR by itself or bytes that are no characters: they stand in no such cell.
 * @param model a state of `scan`, of which the rooms for ends, spans and staged cells are replaced
 * @param entries one a block
 * @param slots where the segments go, column after column, `slotBytes` a block: 8 a cell, and 64
 * @param results `resultBytes` a block
 * @param scratch a state, its ends, spans and staged cells, each from a multiple of 16 on
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
  const notWhole = result + OF_COLUMNS + columns * SEALED_BYTES;
  memory.fill(notWhole, 0, columns);
  makeState(model, scratch, notWhole);
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

/** Makes a state of a thread's own. */
function makeState(model: usize, scratch: usize, notWhole: usize): void {
  const endsMax = <usize>load<u32>(model, ENDS_MAX);
  const ends = aligned(scratch + STATE_BYTES);
  const spans = aligned(ends + ((endsMax + ENDS_SLACK) << 2));
  memory.copy(scratch, model, STATE_BYTES);
  store<u32>(scratch, <u32>ends, ENDS);
  store<u32>(scratch, <u32>spans, SPANS);
  // With room for those of one go alone, the first cell that is handed out ends the scan.
  store<u32>(scratch, <u32>endsMax, SPANS_MAX);
  store<u32>(scratch, <u32>aligned(spans + endsMax * SPAN_BYTES), STAGED);
  store<u32>(scratch, <u32>notWhole, NOT_WHOLE);
}

@inline
function aligned(address: usize): usize {
  return (address + 15) & ~15;
}
