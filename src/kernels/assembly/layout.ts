/**
 * The words of staged cells, which src/kernels/scanLayout.ts repeats for TypeScript.
 * A staged cell is a word of 64 bits: a double, or one of the NaNs below, which no text gives. The upper half of a NaN
 * names its kind, and the lower half holds a whole number.
 */

/** A whole number of 32 bits that stands for `number / 10^decimals`. The decimals are added to the upper half. */
export const NUMBER: u64 = 0x7ffc_0000_0000_0000;
/**
 * A cell without a value. The lower half is the least whole number. If the cell holds the column's first word for
 * missing, the lower half is 0.
 */
export const MISSING: u64 = 0x7ffd_0000_8000_0000;
/** A cell that its column cannot keep. The column counts such a cell as missing, but apart from the empty cells. */
export const OTHER: u64 = 0x7ffe_0000_8000_0000;
/** Marks a cell that the caller must judge. No staged cell keeps this word. */
export const HANDED_OUT: u64 = 0x7fff_0000_0000_0000;

export const LF: u32 = 0x0a;
export const CR: u32 = 0x0d;

/** 10^0 to 10^22 are exact as doubles, so a division by such a power rounds once. */
const POWERS: StaticArray<f64> = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21, 1e22,
];
export const EXACT_POWER_MAX: i32 = 22;

@inline
export function powerOfTen(exponent: i32): f64 {
  return unchecked(POWERS[exponent]);
}

/** 32 bytes of 0 and then 32 bytes of 255: of the 16 bytes from `16 + n` on, the last n are set. */
const RAMP = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
]);

/** A mask of the last `count` of 16 bytes. From 16 to 32 the mask has all bytes. */
@inline
export function lastBytes(count: usize): v128 {
  return v128.load(RAMP + 16 + count);
}

/** A mask of the last `count - 16` of 16 bytes. Up to 16 the mask has no byte. */
@inline
export function lastBytesBefore16(count: usize): v128 {
  return v128.load(RAMP + count);
}

/** A mask of the last bytes of each half, at most 8 in each. */
@inline
export function lastBytesOfHalves(count0: usize, count1: usize): v128 {
  return v128.load64_lane(RAMP + 24 + count1, v128.load64_zero(RAMP + 24 + count0), 1);
}
