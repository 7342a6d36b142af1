// The rows of a part in one block stand together. src/engine/blocks/part.ts writes the place, as three u32 a block.
const SPAN_BYTES: usize = 16;

@inline
export function spanOf(spans: usize, block: i32): usize {
  return spans + <usize>block * SPAN_BYTES;
}

/** Returns the part's first row in the block. */
@inline
export function firstRow(span: usize): i32 {
  return load<u32>(span);
}

@inline
export function rowsOf(span: usize): i32 {
  return load<u32>(span, 4);
}

/** Returns how many rows the part has in the blocks before. */
@inline
export function rowsBefore(span: usize): i32 {
  return load<u32>(span, 8);
}
