import { powersOfTen } from '../../src/kernels/powersOfTen.ts';
import {
  COLUMN_KINDS,
  MARK_BYTES,
  MARKS,
  SCAN,
  SCAN_BYTES,
  SCAN_ENDS,
  SPAN_BYTES,
} from '../../src/kernels/scanLayout.ts';
import type { Room } from './room.ts';

export interface ScanOptions {
  readonly columns: number;
  readonly delimiter?: string;
  readonly point?: string;
  /** Columns of texts. */
  readonly textColumns?: readonly number[];
  /** Columns whose cells are not staged. */
  readonly skippedColumns?: readonly number[];
  /** The first row's place in the block, and how many rows the block may have. */
  readonly row?: number;
  readonly rowsMax?: number;
  readonly endsMax?: number;
  readonly spansMax?: number;
  readonly lineBytesMax?: number;
  /** Address of texts that are known. */
  readonly texts?: number;
}

export interface HandedOut {
  readonly text: string;
  readonly row: number;
  readonly column: number;
}

export interface Scanned {
  readonly reason: number;
  /** Rows of the block after the scan, the rows before the first staged row included. */
  readonly rows: number;
  /** Text that was not taken. */
  readonly rest: string;
  /** Staged words, column by column. */
  readonly words: readonly (readonly bigint[])[];
  readonly handedOut: readonly HandedOut[];
  /** One mark a column. */
  readonly notWhole: readonly number[];
  readonly large: readonly number[];
  /** How many times `scan` was called. */
  readonly calls: number;
}

/** `scan` may write so many more ends behind the last end. */
const ENDS_SLACK = 16;
/** Texts before and behind the scanned text. They must not become part of a cell. */
const BEFORE = '7'.repeat(80);
const BEHIND = '\n7;7'.repeat(20);
const FEW_ENDS = 128;
/** No text here needs so many calls. */
const CALLS_MAX = 10_000;

/** Runs `scan` over a text. If `scan` ends for lack of room for spans, it is called again for the rest. */
export function scanText(room: Room, text: string, options: ScanOptions): Scanned {
  return room.scope(() => {
    const bytes = Buffer.from(BEFORE + text + BEHIND);
    const from = room.put(bytes) + BEFORE.length;
    const to = from + Buffer.byteLength(text);
    const state = writeState(room, options, text.split('\n').length);
    return scanAll(room, state, from, to, options);
  });
}

/** Writes a state of `scan`. @param rows room for so many rows */
export function writeState(room: Room, options: ScanOptions, rows: number): number {
  const { columns, delimiter = ';', point = '.', textColumns = [], skippedColumns = [], row = 0 } = options;
  const endsMax = options.endsMax ?? Math.max(FEW_ENDS, 8 * columns);
  const spansMax = options.spansMax ?? 4 * endsMax;
  const columnBytes = (row + rows + 2) * 8;
  const kinds = new Uint8Array(columns);
  for (const column of textColumns) kinds[column] = COLUMN_KINDS.texts;
  for (const column of skippedColumns) kinds[column] = COLUMN_KINDS.skipped;
  const state = new Uint32Array(SCAN_BYTES / 4);
  state[SCAN.delimiter] = delimiter.charCodeAt(0);
  state[SCAN.point] = point.charCodeAt(0);
  state[SCAN.columns] = columns;
  state[SCAN.columnBytes] = columnBytes;
  state[SCAN.staged] = room.take(columns * columnBytes);
  state[SCAN.textColumns] = room.put(kinds);
  state[SCAN.marks] = room.put(new Uint8Array(columns * MARK_BYTES));
  state[SCAN.spans] = room.take(spansMax * SPAN_BYTES);
  state[SCAN.spansMax] = spansMax;
  state[SCAN.texts] = options.texts ?? 0;
  state[SCAN.powers] = room.put(powersOfTen());
  state[SCAN.ends] = room.take((endsMax + ENDS_SLACK) * 4);
  state[SCAN.endsMax] = endsMax;
  state[SCAN.lineBytesMax] = options.lineBytesMax ?? 1_000_000;
  return room.put(state);
}

function scanAll(room: Room, address: number, begin: number, to: number, options: ScanOptions): Scanned {
  const { columns, row: firstRow = 0, rowsMax = 1_000_000 } = options;
  const state = room.words(address, SCAN_BYTES / 4);
  const handedOut: HandedOut[] = [];
  let [from, row, calls] = [begin, firstRow, 0];
  let reason: number;
  do {
    reason = room.kernels.scan(address, from, to, row, rowsMax);
    [from, row, calls] = [state[SCAN.next]!, state[SCAN.nextRow]!, calls + 1];
    const spans = room.words(state[SCAN.spans]!, state[SCAN.spanCount]! * 4);
    for (let i = 0; i < spans.length; i += 4) {
      const [at, length, spanRow, column] = spans.subarray(i, i + 4) as unknown as number[];
      const text = Buffer.from(room.bytes(at!, length!)).toString();
      handedOut.push({ text, row: spanRow!, column: column! });
    }
  } while (reason === SCAN_ENDS.spansFull && calls < CALLS_MAX);
  const columnBytes = state[SCAN.columnBytes]!;
  const words = Array.from({ length: columns }, (_, column) => [
    ...room.bigWords(state[SCAN.staged]! + column * columnBytes, row).subarray(firstRow),
  ]);
  const rest = Buffer.from(room.bytes(from, to - from)).toString();
  const marks = [...room.bytes(state[SCAN.marks]!, columns * MARK_BYTES)];
  const markOf = (mark: number) => marks.filter((_, at) => at % MARK_BYTES === mark);
  const [notWhole, large] = [markOf(MARKS.notWhole), markOf(MARKS.large)];
  return { reason, rows: row, rest, words, handedOut, notWhole, large, calls };
}
