// Writes rows of CSV with further cells: a text that the row's code names, and numbers.
import { CR, LF } from './layout';
import { bitsOf, STEP } from './scan';
import { writeDouble } from './shortest';

// Places of the arguments, as u32 from the address of the state on.
const DELIMITER: usize = 0;
const POINT: usize = 4;
const POWERS: usize = 8;
const VALUES: usize = 12;
const N_VALUES: usize = 16;
const CODES: usize = 20;
const TEXTS: usize = 24;
const N_TEXTS: usize = 28;
const DELIMITER_BYTES: usize = 32;

/** Bytes of a text's note: its address and its length, each as u32. */
const TEXT_BYTES: usize = 8;

/**
 * Copies whole lines, and adds to each line the cells of its row. A CR before the LF is left out.
 * @param state address of the places above
 * @param from beginning of a line
 * @param to address behind the last LF
 * @param row number of the first line's row
 * @returns the address behind the last byte that was written; 64 bytes behind it may be overwritten too
 */
export function writeRows(state: usize, from: usize, to: usize, row: u32, out: usize): usize {
  const lf = i8x16.splat(<i8>LF);
  for (; from < to; row += 1) {
    let lines = bitsOf(from, lf);
    while (lines == 0) {
      copyStep(from, out);
      from += STEP;
      out += STEP;
      lines = bitsOf(from, lf);
    }
    copyStep(from, out);
    const rest = <usize>ctz(lines);
    from += rest + 1;
    out += rest;
    if (<u32>load<u8>(from - 2) == CR) out -= 1;
    out = writeCells(state, row, out);
  }
  return out;
}

/** Writes the cells of a row behind a line that the caller has written. @returns as `writeRows` */
export function writeCells(state: usize, row: u32, out: usize): usize {
  const code = load<u32>(load<u32>(state, CODES) + (row << 2));
  const text = <usize>load<u32>(state, TEXTS) + <usize>code * TEXT_BYTES;
  const length = <usize>load<u32>(text, 4);
  const begin = <usize>load<u32>(text);
  for (let at: usize = 0; at < length; at += 16) v128.store(out + at, v128.load(begin + at));
  out += length;
  // The last text stands for a row without numbers.
  if (code < load<u32>(state, N_TEXTS) - 1) {
    const delimiter = load<u32>(state, DELIMITER);
    const delimiterBytes = <usize>load<u32>(state, DELIMITER_BYTES);
    const point = load<u32>(state, POINT);
    const powers = <usize>load<u32>(state, POWERS);
    const nValues = load<u32>(state, N_VALUES);
    let value = <usize>load<u32>(state, VALUES) + <usize>(row * nValues) * 8;
    for (let index: u32 = 0; index < nValues; index += 1, value += 8) {
      store<u32>(out, delimiter);
      out = writeDouble(load<f64>(value), point, powers, out + delimiterBytes);
    }
  }
  store<u8>(out, LF);
  return out + 1;
}

@inline
function copyStep(from: usize, out: usize): void {
  v128.store(out, v128.load(from));
  v128.store(out, v128.load(from, 16), 16);
  v128.store(out, v128.load(from, 32), 32);
  v128.store(out, v128.load(from, 48), 48);
}
