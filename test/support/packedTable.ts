import { KINDS, SEGMENT_BYTES, type Table, type TableColumn } from '../../src/data/table.ts';
import { ensureBytes, FIRST_ADDRESS, sharedMemory } from '../../src/kernels/module.ts';

/** Numbers, with NaN for a missing number, or texts, with undefined for a missing text. */
export type Cells = ArrayLike<number> | readonly (string | undefined)[];

type Kind = (typeof KINDS)[keyof typeof KINDS];

/** A segment's cells as they are in the table. */
interface Packed {
  readonly kind: Kind;
  readonly decimals: number;
  readonly cells: Int8Array | Int16Array | Int32Array | Float64Array;
}

const DECIMALS_MAX = 9;
const READ_BEHIND_BYTES = 16;

/** Makes a table of these columns, with each segment packed as tightly as possible. */
export function packTable(columns: readonly Cells[], blockRows: number): Table {
  const rows = columns[0]!.length;
  const described = columns.map(describe);
  const numbers = columns.map((cells, j) => numbersOf(cells, described[j]!));
  const segments: Packed[] = [];
  for (let start = 0; start < rows; start += blockRows) {
    for (const column of numbers) segments.push(pack(column.slice(start, start + blockRows)));
  }
  const memory = sharedMemory();
  const directoryAddress = FIRST_ADDRESS;
  let next = aligned(directoryAddress + segments.length * SEGMENT_BYTES);
  for (const [i, { kind, decimals, cells }] of segments.entries()) {
    ensureBytes(memory, next + cells.byteLength + READ_BEHIND_BYTES);
    const entry = new DataView(memory.buffer, directoryAddress + i * SEGMENT_BYTES, SEGMENT_BYTES);
    entry.setUint32(0, next, true);
    entry.setUint8(4, kind);
    entry.setUint8(5, decimals);
    const bytes = new Uint8Array(memory.buffer, next, cells.byteLength + READ_BEHIND_BYTES);
    // The bytes after a segment may be anything. Here they are a NaN in every width.
    bytes.fill(0xff);
    bytes.set(new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength));
    next = aligned(next + cells.byteLength + READ_BEHIND_BYTES);
  }
  const format = { decimalComma: false, delimiter: ',', warnings: [] as const } as unknown as Table['format'];
  return {
    memory,
    rows,
    blockRows,
    directoryAddress,
    freeAddress: next,
    columns: described,
    format,
    digest: '',
  };
}

function aligned(address: number): number {
  return Math.ceil(address / 16) * 16;
}

function isText(cells: Cells): cells is readonly (string | undefined)[] {
  return Array.isArray(cells) && cells.some((cell) => typeof cell === 'string');
}

function describe(cells: Cells, index: number): TableColumn {
  const all = Array.from(cells as ArrayLike<number | string | undefined>);
  const missing = all.filter((cell) => cell === undefined || Number.isNaN(cell)).length;
  const shared = {
    name: `x${index}`,
    missing,
    firstMissing: undefined,
    firstInfinite: undefined,
    firstOther: undefined,
  };
  if (!isText(cells)) {
    return { ...shared, kind: 'number', type: 'double', numbers: cells.length - missing, others: 0 };
  }
  const texts = [...new Set(cells.filter((text) => text !== undefined))];
  return { ...shared, kind: 'text', numbers: 0, others: cells.length - missing, texts, overflowed: false };
}

/** The cells as numbers: for text, its index among the column's texts. */
function numbersOf(cells: Cells, column: TableColumn): Float64Array {
  if (column.kind === 'number') return Float64Array.from(cells as ArrayLike<number>);
  const places = new Map(column.texts.map((text, place) => [text, place]));
  return Float64Array.from(cells as (string | undefined)[], (text) =>
    text === undefined ? Number.NaN : places.get(text)!,
  );
}

function pack(values: Float64Array): Packed {
  for (let decimals = 0; decimals <= DECIMALS_MAX; decimals++) {
    const power = 10 ** decimals;
    const wholes = values.map((value) => Math.round(value * power));
    const isExact = values.every((value, i) => Number.isNaN(value) || isKept(value, wholes[i]!, power));
    const largest = wholes.reduce(
      (max, whole) => (Number.isNaN(whole) ? max : Math.max(max, Math.abs(whole))),
      0,
    );
    if (!isExact || largest > 0x7fff_ffff) continue;
    if (largest <= 0x7f) return { kind: KINDS.int8, decimals, cells: Int8Array.from(wholes, or(-0x80)) };
    if (largest <= 0x7fff)
      return { kind: KINDS.int16, decimals, cells: Int16Array.from(wholes, or(-0x8000)) };
    return { kind: KINDS.int32, decimals, cells: Int32Array.from(wholes, or(-0x8000_0000)) };
  }
  return { kind: KINDS.float64, decimals: 0, cells: values };
}

/** Whether a number can be stored as a whole number, which -0 cannot. */
function isKept(value: number, whole: number, power: number): boolean {
  return whole / power === value && !Object.is(value, -0);
}

function or(missing: number): (whole: number) => number {
  return (whole) => (Number.isNaN(whole) ? missing : whole);
}
