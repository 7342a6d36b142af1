import { KINDS, SEGMENT_BYTES, type Table } from './table.ts';

/** The part of a table that locates its segments, also before the columns are known. */
export type Segments = Pick<Table, 'memory' | 'rows' | 'blockRows' | 'directoryAddress'> & {
  readonly columns: { readonly length: number };
};

export interface Segment {
  /** Address of its directory entry, by which the kernels find it. */
  readonly entry: number;
  readonly cells: Float64Array | Int8Array | Int16Array | Int32Array;
  /** Each whole number stands for `number / 10^decimals`. */
  readonly decimals: number;
  /** Value of a missing cell among whole numbers. Undefined for doubles, which use NaN. */
  readonly missing: number | undefined;
  /** Table row of the first cell. */
  readonly firstRow: number;
}

/** 10^0 to 10^22 are exact as doubles. */
export const POWERS_OF_TEN: readonly number[] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21, 1e22,
];

/** Returns the cells of a column in one block, in place. */
export function segmentOf(table: Segments, block: number, column: number): Segment {
  const { buffer } = table.memory;
  const entry = table.directoryAddress + (block * table.columns.length + column) * SEGMENT_BYTES;
  const fields = new DataView(buffer, entry, SEGMENT_BYTES);
  const address = fields.getUint32(0, true);
  const decimals = fields.getUint8(5);
  const firstRow = block * table.blockRows;
  const rows = Math.min(table.blockRows, table.rows - firstRow);
  const packed = { entry, decimals, firstRow };
  switch (fields.getUint8(4)) {
    case KINDS.int8:
      return { ...packed, cells: new Int8Array(buffer, address, rows), missing: -(2 ** 7) };
    case KINDS.int16:
      return { ...packed, cells: new Int16Array(buffer, address, rows), missing: -(2 ** 15) };
    case KINDS.int32:
      return { ...packed, cells: new Int32Array(buffer, address, rows), missing: -(2 ** 31) };
    default:
      return { ...packed, cells: new Float64Array(buffer, address, rows), missing: undefined };
  }
}

/** Whether a cell of a segment is missing, or not a number in a column of numbers. */
export function isMissingCell({ cells, missing }: Segment, i: number): boolean {
  const cell = cells[i]!;
  return cell === missing || Number.isNaN(cell);
}

/** Yields all segments of a column, block after block. */
export function* segmentsOf(table: Segments, column: number): Generator<Segment> {
  for (let block = 0; block * table.blockRows < table.rows; block++) {
    yield segmentOf(table, block, column);
  }
}

/**
 * Returns the cells of a column as doubles, NaN for missing cells. For a text column, the doubles are indices into
 * `texts`.
 */
export function readNumbers(
  table: Segments,
  column: number,
  from = 0,
  to = table.rows,
  values = new Float64Array(to - from),
): Float64Array {
  for (let row = from; row < to; ) {
    const block = Math.floor(row / table.blockRows);
    const { cells, decimals, missing, firstRow } = segmentOf(table, block, column);
    const end = Math.min(to, firstRow + cells.length);
    if (cells instanceof Float64Array) {
      values.set(cells.subarray(row - firstRow, end - firstRow), row - from);
      row = end;
    }
    const power = POWERS_OF_TEN[decimals]!;
    for (; row < end; row++) {
      const cell = cells[row - firstRow]!;
      values[row - from] = cell === missing ? Number.NaN : cell / power;
    }
  }
  return values;
}

/** Returns the cells of a text column as indices into its `texts`, -1 for missing cells. */
export function readCodes(table: Segments, column: number): Int32Array {
  return Int32Array.from(readNumbers(table, column), (place) => (Number.isNaN(place) ? -1 : place));
}
