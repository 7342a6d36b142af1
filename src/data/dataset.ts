import { DataError, FieldError, quote } from '../errors.ts';
import type { ColumnInfo, ColumnType } from '../values/dataset.ts';
import type { Missing } from '../values/plan.ts';
import type { Warning } from '../values/warning.ts';
import { decimalSignWarnings, hasOtherSign, isTextBySign, signText } from './decimalSigns.ts';
import { markMissing } from './missing.ts';
import type { NumberColumn, Table, TableColumn, TextColumn } from './table.ts';
import { tableWarnings } from './tableWarnings.ts';
import { readTarget, type Target } from './target.ts';

/** Which columns of a table are what. */
export interface Roles {
  /** `Outcome` where the file has one, else the last column. */
  readonly target?: string;
  /** Columns left out; a text may name several, set apart by commas. */
  readonly ignore: readonly string[];
  readonly missing: Missing;
}

/** A column to learn from. */
export interface Feature extends ColumnInfo {
  /** Its place in the table. */
  readonly index: number;
}

/** A table that can be trained on. */
export interface Dataset {
  readonly table: Table;
  readonly target: Target;
  readonly features: readonly Feature[];
  /** Every column of the file in its order; those left out are not read and count as text. */
  readonly columns: readonly ColumnInfo[];
  /** A 1 for each row that is left out, for a cell of it is missing; undefined where none is. */
  readonly dropped: Uint8Array | undefined;
  /** Rows that are trained and tested on. */
  readonly rows: number;
  /** What the file's reader found out that its user should know. */
  readonly warnings: readonly Warning[];
}

/** The original's name for the column to predict. */
const DEFAULT_TARGET = 'Outcome';
/** A column of more different texts is a name or a comment, and each of them would be a feature of its own. */
export const CATEGORIES_MAX = 50;

/**
 * The columns that have to be read as text though they looked like numbers where the file begins: the target where a
 * cell of it is no number, and a feature most of whose cells are none. The file has to be read again for their texts.
 * @throws FieldError as `toDataset`
 */
export function columnsToReadAsText(table: Table, roles: Roles): ReadonlySet<string> {
  return columnsWithoutTexts(table, assignRoles(table, roles));
}

function columnsWithoutTexts(table: Table, { targetIndex, ignored }: AssignedRoles): ReadonlySet<string> {
  const isText = (column: TableColumn, index: number) =>
    column.kind === 'number' &&
    column.others > 0 &&
    !ignored.has(column.name) &&
    (index === targetIndex || column.others > column.numbers);
  return new Set(table.columns.filter(isText).map(({ name }) => name));
}

/**
 * Gives each column its part: target, feature or left out.
 * @param table read with `columnsToReadAsText` as text, if there are any
 * @throws FieldError where a field names a column that the file does not have
 * @throws DataError where a cell of a feature is neither a finite number nor a category, in rows that are left out too,
 *   where no feature or no row is left, and as `readTarget`
 * @throws RangeError if a column that has to be was not read as text
 */
export function toDataset(table: Table, roles: Roles): Dataset {
  const assigned = assignRoles(table, roles);
  const withoutTexts = columnsWithoutTexts(table, assigned);
  if (withoutTexts.size > 0) {
    throw new RangeError(`Read the table again with textColumns: ${[...withoutTexts].join(', ')}.`);
  }
  const { targetIndex, ignored } = assigned;
  const used = table.columns.flatMap(({ name }, index) => (ignored.has(name) ? [] : [index]));
  const dropped = roles.missing === 'drop' ? markMissing(table, used) : undefined;
  const target = readTarget(table, targetIndex, dropped);
  const { decimalComma } = table.format;
  const features: Feature[] = [];
  const columns = table.columns.map((column, index): ColumnInfo => {
    const { name } = column;
    const missing = column.missing > 0 && { missing: true };
    if (index === targetIndex) return { name, type: target.type, ...missing };
    if (ignored.has(name)) return { name, type: 'string', ...missing };
    const info = { name, type: featureType(column, table.rows, roles.missing, decimalComma), ...missing };
    features.push({ ...info, index });
    return info;
  });
  if (features.length === 0) {
    throw noFeatures(target.name, ignored.size);
  }
  const rows = target.classCounts.reduce((sum, { count }) => sum + count, 0);
  const bySign = decimalSignWarnings(table, ignored).map(({ code, message }) => ({ code, message }));
  const warnings = [...tableWarnings(table), ...bySign];
  return { table, target, features, columns, dropped, rows, warnings };
}

interface AssignedRoles {
  readonly targetIndex: number;
  readonly ignored: ReadonlySet<string>;
}

/**
 * The target's place, and the names of the columns that are left out; all others are features.
 * @throws FieldError where a field names a column that the file does not have, or `ignore` the target
 */
export function assignRoles(
  table: Table,
  { target, ignore }: Pick<Roles, 'target' | 'ignore'>,
): AssignedRoles {
  const names = table.columns.map(({ name }) => name);
  const targetIndex = findTarget(names, target);
  return { targetIndex, ignored: findIgnored(names, ignore, names[targetIndex]!) };
}

function findTarget(names: readonly string[], wanted: string | undefined): number {
  if (wanted === undefined) {
    const outcome = names.indexOf(DEFAULT_TARGET);
    return outcome >= 0 ? outcome : names.length - 1;
  }
  const index = names.indexOf(wanted);
  if (index < 0) throw unknownColumn('target', wanted, names);
  return index;
}

function findIgnored(names: readonly string[], wanted: readonly string[], target: string): Set<string> {
  const known = new Set(names);
  const ignored = new Set<string>();
  for (const value of wanted) {
    // A column's name may hold a comma itself, so the whole text is tried before its parts.
    const parts = known.has(value) ? [value] : value.split(',').map((part) => part.trim());
    for (const part of parts) {
      if (!known.has(part)) throw unknownColumn('ignore', part, names);
      if (part === target) {
        throw new FieldError(
          'ignored_target',
          `ignore names the target column ${quote(part)}: choose one of the two.`,
          { field: 'ignore', value: part },
        );
      }
      ignored.add(part);
    }
  }
  return ignored;
}

function unknownColumn(field: string, value: string, names: readonly string[]): FieldError {
  return new FieldError(
    `unknown_${field}`,
    `${field} names the column ${quote(value)}, which the file does not have: it has ${names
      .slice(0, 20)
      .map((name) => quote(name))
      .join(', ')}${names.length > 20 ? ', …' : ''}.`,
    { field, value },
  );
}

function noFeatures(target: string, nIgnored: number): DataError {
  const says =
    nIgnored > 0
      ? `ignore names every column beside the target ${quote(target)}, so that none is left to learn from: name fewer.`
      : `No column is left to learn from beside the target ${quote(target)}: the file needs one at least, with commas, semicolons, tabs or bars between the columns.`;
  return new DataError('no_features', says, { ...(nIgnored > 0 && { field: 'ignore' }), column: target });
}

/** @throws DataError where the column cannot be learned from */
function featureType(column: TableColumn, rows: number, missing: Missing, decimalComma: boolean): ColumnType {
  const { name, firstMissing, firstInfinite } = column;
  if (column.others > 0 && column.numbers >= column.others) throw notANumber(column, decimalComma);
  if (firstMissing !== undefined && missing === 'error') {
    const row = firstMissing.row + 1;
    throw new DataError(
      'missing_value',
      `Row ${row} has no value in column ${quote(name)} (${column.missing} of ${rows} rows have none): say in missing what is to become of them (drop, mean, median, most_frequent), fill them in, or name the column in ignore.`,
      { row, column: name, value: firstMissing.text, actual: column.missing },
    );
  }
  if (column.missing === rows && missing !== 'drop') {
    const message = `Column ${quote(name)} has no value in any row, so there is nothing to fill it with: name it in ignore.`;
    throw new DataError('empty_column', message, { column: name });
  }
  if (column.kind === 'text') return textType(column, decimalComma);
  if (firstInfinite !== undefined) {
    const { row, text } = firstInfinite;
    throw new DataError(
      'infinite_value',
      `Row ${row + 1} is infinite in column ${quote(name)}: write a finite number.`,
      { row: row + 1, column: name, value: text },
    );
  }
  return column.type;
}

function textType(column: TextColumn, decimalComma: boolean): 'string' {
  const { name, texts, overflowed } = column;
  if (texts.length <= CATEGORIES_MAX && !overflowed) return 'string';
  const actual = texts.length;
  const many = overflowed ? `more than ${actual}` : String(actual);
  const mend = isTextBySign(column, decimalComma)
    ? `most of them would be numbers, but in this file ${signText(decimalComma)}, so write them alike, or name it in ignore`
    : 'name it in ignore';
  throw new DataError(
    'too_many_categories',
    `Column ${quote(name)} holds ${many} different texts, and at most ${CATEGORIES_MAX} are taken, each as a feature of its own: ${mend}.`,
    { column: name, limit: CATEGORIES_MAX, actual },
  );
}

function notANumber({ name, firstOther }: NumberColumn | TextColumn, decimalComma: boolean): DataError {
  const { row = 0, text = '' } = firstOther ?? {};
  const says = hasOtherSign(text, decimalComma)
    ? `which is no number in this file, where ${signText(decimalComma)}: correct it`
    : 'which is no number: correct it';
  return new DataError(
    'not_a_number',
    `Row ${row + 1} has ${quote(text)} in column ${quote(name)}, ${says}, or name the column in ignore.`,
    { row: row + 1, column: name, value: text },
  );
}
