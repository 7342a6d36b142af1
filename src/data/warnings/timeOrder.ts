import { quote } from '../../errors.ts';
import type { Warning } from '../../values/warning.ts';
import { POWERS_OF_TEN, segmentOf } from '../segments.ts';
import type { NumberColumn, Table, TextColumn } from '../table.ts';

/** In fewer rows, values may ascend by chance. */
const ROWS_TO_JUDGE = 20;
/** Rows that are looked at, at equal distances. */
const ROWS_OF_SAMPLE = 512;
/** Values that must differ, so that a column has an order at all. */
const DISTINCT_MIN = 3;
/** Words in the names of columns that say when something was. */
const TIME_WORDS: readonly string[] = [
  'date',
  'datetime',
  'datum',
  'jahr',
  'time',
  'timestamp',
  'year',
  'zeit',
  'zeitstempel',
];
/** 2026-11-30, 2026-11-30T07:15:00.000Z, 2026/11/30 7:15: texts that sort like their dates. */
const ISO_DATE = /^\d{4}([-/])(0\d|1[0-2])\1([0-2]\d|3[01])([T ].*)?$/;
/** Seconds or milliseconds since 1970, from 2001 to 2096. */
const EPOCHS = [1, 1e3].map((unit) => ({ from: 1e9 * unit, to: 4e9 * unit }));

/**
 * Warns of a column whose times ascend from row to row, if the test rows are drawn at random: the model then learns from
 * rows that are later than its test rows. A sample of the rows decides.
 */
export function timeOrder(table: Table, targetIndex: number): Warning[] {
  if (table.rows < ROWS_TO_JUDGE) return [];
  const found = table.columns.find((_, index) => index !== targetIndex && ascendsInTime(table, index));
  if (found === undefined) return [];
  const message = `The rows are in the order of ${quote(found.name)}, and the test rows are drawn at random, so the model learns from rows that are later than its test rows: set split=last to test on the last rows.`;
  return [{ code: 'shuffled_time_order', message, column: found.name }];
}

function ascendsInTime(table: Table, index: number): boolean {
  const column = table.columns[index]!;
  return column.kind === 'text'
    ? ascend(textsOf(column, sampleOf(table, index)), (text) => ISO_DATE.test(text)) !== undefined
    : areTimes(column, sampleOf(table, index), table.rows);
}

/** Yields some values in the order of the rows, without the missing ones. Most columns are done with after a few. */
function* sampleOf(table: Table, index: number): Generator<number> {
  const { rows, blockRows } = table;
  const count = Math.min(rows, ROWS_OF_SAMPLE);
  let segment = segmentOf(table, 0, index);
  for (let place = 0; place < count; place++) {
    const row = Math.floor((place * rows) / count);
    const block = Math.floor(row / blockRows);
    if (segment.firstRow !== block * blockRows) segment = segmentOf(table, block, index);
    const { cells, decimals, missing, firstRow } = segment;
    const cell = cells[row - firstRow]!;
    if (cell !== missing && !Number.isNaN(cell)) yield cell / POWERS_OF_TEN[decimals]!;
  }
}

/** Yields the texts of some codes. The table keeps only the first texts of a column with too many. */
function* textsOf({ texts }: TextColumn, codes: Iterable<number>): Generator<string> {
  for (const code of codes) {
    const text = texts[code]?.trim();
    if (text !== undefined) yield text;
  }
}

function areTimes({ name, type }: NumberColumn, values: Iterable<number>, rows: number): boolean {
  if (type === 'boolean') return false;
  const ends = ascend(values);
  if (ends === undefined) return false;
  if (wordsOf(name).some((word) => TIME_WORDS.includes(word))) return true;
  const [first, last] = ends;
  // A number that grows by 1 from row to row counts the rows.
  return last - first > rows && EPOCHS.some(({ from, to }) => first >= from && last < to);
}

/**
 * Finds out whether no value is below the one before, and enough of them differ. The first value that does not fit ends the
 * work.
 * @returns the first and the last value; undefined if the values do not ascend
 */
function ascend<Value extends number | string>(
  values: Iterable<Value>,
  fits: (value: Value) => boolean = () => true,
): readonly [first: Value, last: Value] | undefined {
  let [count, distinct] = [0, 0];
  let ends: [Value, Value] | undefined;
  for (const value of values) {
    if (!fits(value) || (ends !== undefined && value < ends[1])) return undefined;
    count++;
    if (value !== ends?.[1]) distinct++;
    ends = [ends?.[0] ?? value, value];
  }
  return count >= ROWS_TO_JUDGE && distinct >= DISTINCT_MIN ? ends : undefined;
}

/** `orderDate`, `ORDER_DATE` and `date (UTC)` all have the word `date`. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u);
}
