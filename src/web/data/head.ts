/** Enough rows to see what a column is like. */
const HEAD_BYTES = 65_536;
const LINE_END = 10;

/** The first whole lines of a large file. */
export async function headOf(file: File): Promise<File> {
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const end = file.size <= HEAD_BYTES ? bytes.length : bytes.lastIndexOf(LINE_END) + 1;
  return new File([bytes.subarray(0, end || bytes.length)], file.name, { type: file.type });
}
