// A row set is a list of spans: rows that stand together in one block. src/engine/local/blocks/rowSet.ts writes four u32
// for each span.
const SPAN_BYTES: usize = 16;

@inline
export function spanOf(spans: usize, index: i32): usize {
  return spans + <usize>index * SPAN_BYTES;
}

/** Returns the span's first row in its block. */
@inline
export function firstRow(span: usize): i32 {
  return load<u32>(span);
}

@inline
export function rowsOf(span: usize): i32 {
  return load<u32>(span, 4);
}

/** Returns how many rows of the set are in the spans before. */
@inline
export function rowsBefore(span: usize): i32 {
  return load<u32>(span, 8);
}

@inline
export function blockOf(span: usize): i32 {
  return load<u32>(span, 12);
}
