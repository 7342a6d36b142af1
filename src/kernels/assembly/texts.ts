// Remembers texts that the caller has judged, so that `scan` hands out each text once and not in every row.
import { HANDED_OUT, lastBytes } from './layout';

/** Bytes of a place: a text's last and first 16 bytes, its length above its column's number, and the staged word. */
const PLACE_BYTES: usize = 48;
const FIRST_BYTES: usize = 16;
const LENGTH_AND_COLUMN: usize = 32;
const WORD: usize = 40;
/** Places that may hold a text, from the text's own place on. So many places lie behind the last own place. */
const TRIES: usize = 8;
const OWN_PLACES: usize = 8_192;
/** The first and the last 16 bytes do not tell longer texts apart. */
const LENGTH_MAX: usize = 32;

/** Returns the bytes of memory for judged texts. All bytes are 0 as long as no text is known. */
export function textsBytes(): usize {
  return (OWN_PLACES + TRIES) * PLACE_BYTES;
}

/**
 * Finds the staged word of a text that was judged before in the same column.
 * @param texts address of the judged texts; 0: no text was judged
 * @returns `HANDED_OUT` if the text is not known
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

/**
 * Remembers the word at `staged` for a text.
 * If other texts hold all places of the text, the first place is overwritten.
 * Longer texts than `LENGTH_MAX` are not remembered.
 */
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

/** Returns a text's own place. Multiplication by odd numbers with many bits spreads the text over the upper bits. */
@inline
function placeOf(texts: usize, last: v128, first: v128, lengthAndColumn: u64): usize {
  const folded =
    <u64>i64x2.extract_lane(last, 0) * 0x9e37_79b9_7f4a_7c15 ^
    (<u64>i64x2.extract_lane(last, 1) + lengthAndColumn) * 0xc2b2_ae3d_27d4_eb4f ^
    (<u64>i64x2.extract_lane(first, 0) ^ <u64>i64x2.extract_lane(first, 1)) * 0x1656_67b1_9e37_79f9;
  const mixed = (folded ^ (folded >> 32)) * 0x9e37_79b9_7f4a_7c15;
  return texts + <usize>(mixed >> 51) * PLACE_BYTES;
}
