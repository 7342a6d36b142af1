import { quote } from '../../errors.ts';
import type { Warning } from '../../values/warning.ts';
import { readNumbers } from '../segments.ts';
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
    ? areDates(column, sampleOf(table, index))
    : areTimes(column, sampleOf(table, index), table.rows);
}

/** Some values in the order of the rows, without the missing ones. */
function sampleOf(table: Table, index: number): number[] {
  const { rows } = table;
  const count = Math.min(rows, ROWS_OF_SAMPLE);
  const sample = Array.from({ length: count }, (_, place) => {
    const row = Math.floor((place * rows) / count);
    return readNumbers(table, index, row, row + 1)[0]!;
  });
  return sample.filter((value) => !Number.isNaN(value));
}

function areDates({ texts }: TextColumn, codes: readonly number[]): boolean {
  // The table keeps only the first texts of a column with too many.
  const known = codes.flatMap((code) => texts[code]?.trim() ?? []);
  return known.every((text) => ISO_DATE.test(text)) && ascend(known);
}

function areTimes({ name, type }: NumberColumn, values: readonly number[], rows: number): boolean {
  if (type === 'boolean' || !ascend(values)) return false;
  if (wordsOf(name).some((word) => TIME_WORDS.includes(word))) return true;
  const [first = 0, last = 0] = [values[0], values.at(-1)];
  // A number that grows by 1 from row to row counts the rows.
  return last - first > rows && EPOCHS.some(({ from, to }) => first >= from && last < to);
}

/** Whether no value is below the one before, and enough of them differ. */
function ascend<Value extends number | string>(values: readonly Value[]): boolean {
  if (values.length < ROWS_TO_JUDGE || new Set(values).size < DISTINCT_MIN) return false;
  return values.every((value, place) => place === 0 || value >= values[place - 1]!);
}

/** `orderDate`, `ORDER_DATE` and `date (UTC)` all have the word `date`. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u);
}
