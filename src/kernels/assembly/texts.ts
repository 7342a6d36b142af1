// Texts that the caller has judged, so that each of them is handed out once and not in every row.
import { HANDED_OUT, lastBytes } from './layout';

/** A place: the last and the first 16 bytes, the length above the column's number, and the staged word. */
const PLACE_BYTES: usize = 48;
const FIRST_BYTES: usize = 16;
const LENGTH_AND_COLUMN: usize = 32;
const WORD: usize = 40;
/** Places that are looked at from a text's own on; as many lie behind the last own one. */
const TRIES: usize = 8;
const OWN_PLACES: usize = 8_192;
/** Of a longer text the two ends do not tell it from others. */
const LENGTH_MAX: usize = 32;

/** Bytes of the memory that judged texts take; all of them 0 where none is known. */
export function textsBytes(): usize {
  return (OWN_PLACES + TRIES) * PLACE_BYTES;
}

/**
 * The staged word of a cell of this column that was judged before; `HANDED_OUT` where it was not.
 * @param texts address of the judged texts; 0: there are none
 */
export function knownWord(texts: usize, from: usize, to: usize, column: u32): u64 {
  const length = to - from;
  if (texts == 0 || length > LENGTH_MAX) return HANDED_OUT;
  const last = lastOf(to, length);
  const first = firstOf(from, length);
  const lengthAndColumn = ((<u64>length) << 32) | <u64>column;
  let place = placeOf(texts, last, first, lengthAndColumn);
  for (let tries: usize = 0; tries < TRIES; tries += 1, place += PLACE_BYTES) {
    const known = load<u64>(place, LENGTH_AND_COLUMN);
    if (known == 0) return HANDED_OUT;
    if (known == lengthAndColumn && isAt(place, last, first)) return load<u64>(place, WORD);
  }
  return HANDED_OUT;
}

/** Notes what a cell is staged as, at `staged`. Where its places are taken, the first of them is given to it. */
export function rememberWord(texts: usize, from: usize, length: usize, column: u32, staged: usize): void {
  if (length > LENGTH_MAX || length == 0) return;
  const last = lastOf(from + length, length);
  const first = firstOf(from, length);
  const lengthAndColumn = ((<u64>length) << 32) | <u64>column;
  const own = placeOf(texts, last, first, lengthAndColumn);
  let place = own;
  for (let tries: usize = 0; tries < TRIES; tries += 1, place += PLACE_BYTES) {
    const known = load<u64>(place, LENGTH_AND_COLUMN);
    if (known == 0 || (known == lengthAndColumn && isAt(place, last, first))) break;
    if (tries == TRIES - 1) {
      place = own;
      break;
    }
  }
  v128.store(place, last);
  v128.store(place, first, FIRST_BYTES);
  store<u64>(place, lengthAndColumn, LENGTH_AND_COLUMN);
  store<u64>(place, load<u64>(staged), WORD);
}

@inline
function lastOf(to: usize, length: usize): v128 {
  return v128.and(v128.load(to - 16), lastBytes(min(length, 16)));
}

@inline
function firstOf(from: usize, length: usize): v128 {
  return length > 16 ? v128.load(from) : i64x2.splat(0);
}

@inline
function isAt(place: usize, last: v128, first: v128): bool {
  const different = v128.or(
    v128.xor(v128.load(place), last),
    v128.xor(v128.load(place, FIRST_BYTES), first),
  );
  return !v128.any_true(different);
}

/** Multiplication by odd numbers with many bits spreads the text over the upper bits. */
@inline
function placeOf(texts: usize, last: v128, first: v128, lengthAndColumn: u64): usize {
  const folded =
    <u64>i64x2.extract_lane(last, 0) * 0x9e37_79b9_7f4a_7c15 ^
    (<u64>i64x2.extract_lane(last, 1) + lengthAndColumn) * 0xc2b2_ae3d_27d4_eb4f ^
    (<u64>i64x2.extract_lane(first, 0) ^ <u64>i64x2.extract_lane(first, 1)) * 0x1656_67b1_9e37_79f9;
  const mixed = (folded ^ (folded >> 32)) * 0x9e37_79b9_7f4a_7c15;
  return texts + <usize>(mixed >> 51) * PLACE_BYTES;
}
