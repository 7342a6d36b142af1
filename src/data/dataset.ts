import { DataError, FieldError, quote } from '../errors.ts';
import type { ColumnInfo, ColumnType } from '../values/dataset.ts';
import type { Missing } from '../values/plan.ts';
import type { Warning } from '../values/warning.ts';
import { infiniteValue, missingValue, notANumber } from './cellErrors.ts';
import { decimalSignWarnings, isTextBySign, signText } from './decimalSigns.ts';
import { markMissing } from './missing.ts';
import type { Table, TableColumn, TextColumn } from './table.ts';
import { tableWarnings } from './tableWarnings.ts';
import { readTarget, type Target } from './target.ts';

/** The roles of a table's columns. */
export interface Roles {
  /** Default: `Outcome` if the file has it, else the last column. */
  readonly target?: string;
  /** Columns to leave out. One text may name several columns, separated by commas. */
  readonly ignore: readonly string[];
  readonly missing: Missing;
  /** The column that says which rows are test rows. Models do not see it. */
  readonly splitColumn?: string;
}

/** A column that the model learns from. */
export interface Feature extends ColumnInfo {
  /** Index of the column in the table. */
  readonly index: number;
}

/** A table that can be trained on. */
export interface Dataset {
  readonly table: Table;
  readonly target: Target;
  readonly features: readonly Feature[];
  /** All columns of the file, in order. Columns that are left out are not read and have the type text. */
  readonly columns: readonly ColumnInfo[];
  /** 1 for each row that is dropped because a cell is missing. Undefined if no row is dropped. */
  readonly dropped: Uint8Array | undefined;
  /** Number of rows for training and testing. */
  readonly rows: number;
  /** Warnings about how the file was read. */
  readonly warnings: readonly Warning[];
  /** The first row of a test file, behind all rows of the training file; undefined without a test file. */
  readonly testFrom?: number;
}

/** Python's word for no value, unless the file has a column of this name. */
const NONE = 'None';
/** The original's name for the target column. */
const DEFAULT_TARGET = 'Outcome';
/** A column with more different texts is probably a name or a comment, and each text would become a feature. */
export const CATEGORIES_MAX = 50;

/**
 * Returns the columns that looked like numbers at the start of the file but must be read as text.
 * These are the target if any of its cells is not a number, and each feature most of whose cells are not numbers. The
 * file must be read again to get their texts.
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
 * Assigns each column its role: target, feature or left out.
 * @param table read with the columns of `columnsToReadAsText` as text, if there are any
 * @throws FieldError if a field names a column that the file does not have
 * @throws DataError if a cell of a feature (also in a dropped row) is neither a finite number nor a category, if no
 *   feature or no row is left, and as `readTarget`
 * @throws RangeError if a column was not read as text but must be
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
 * Returns the target's index and the names of the columns to leave out. All other columns are features.
 * @throws FieldError if a field names a column that the file does not have, or if `ignore` or `split` names the target
 */
export function assignRoles(
  table: Table,
  { target, ignore, splitColumn }: Omit<Roles, 'missing'>,
): AssignedRoles {
  const names = table.columns.map(({ name }) => name);
  const targetIndex = findTarget(names, target);
  const ignored = findIgnored(names, ignore, names[targetIndex]!);
  if (splitColumn !== undefined) ignored.add(checkSplitColumn(splitColumn, names, names[targetIndex]!));
  return { targetIndex, ignored };
}

function findTarget(names: readonly string[], wanted: string | undefined): number {
  if (wanted === undefined || (wanted === NONE && !names.includes(NONE))) {
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
    // A column name may contain a comma, so the whole text is tried before its parts.
    if (value === NONE && !known.has(NONE)) continue;
    const parts = known.has(value) ? [value] : value.split(',').map((part) => part.trim());
    for (const part of parts) {
      if (!known.has(part)) throw unknownColumn('ignore', part, names);
      if (part === target) {
        throw new FieldError(
          'ignored_target',
          `ignore names the target column ${quote(part)}: remove it from ignore or choose another target.`,
          { field: 'ignore', value: part },
        );
      }
      ignored.add(part);
    }
  }
  return ignored;
}

function checkSplitColumn(name: string, names: readonly string[], target: string): string {
  if (!names.includes(name)) throw unknownColumn('split', name, names);
  if (name !== target) return name;
  throw new FieldError(
    'target_splits',
    `split names the target column ${quote(name)}: name a column that says which rows are test rows.`,
    { field: 'split', value: name },
  );
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
      ? `ignore names every column besides the target ${quote(target)}, so no column is left to learn from: ignore fewer columns.`
      : `No column is left to learn from besides the target ${quote(target)}: add at least one, with commas, semicolons, tabs or bars between the columns.`;
  return new DataError('no_features', says, { ...(nIgnored > 0 && { field: 'ignore' }), column: target });
}

/** @throws DataError if a model cannot learn from the column */
function featureType(column: TableColumn, rows: number, missing: Missing, decimalComma: boolean): ColumnType {
  const { name, firstMissing, firstInfinite } = column;
  if (column.others > 0 && column.numbers >= column.others) throw notANumber(column, decimalComma);
  if (firstMissing !== undefined && missing === 'error') throw missingValue(column, firstMissing, rows);
  if (column.missing === rows && missing !== 'drop') {
    const message = `Column ${quote(name)} has no value in any row, so there is nothing to fill it with: add the column to ignore.`;
    throw new DataError('empty_column', message, { column: name });
  }
  if (column.kind === 'text') return textType(column, decimalComma);
  if (firstInfinite !== undefined) throw infiniteValue(name, firstInfinite);
  return column.type;
}

function textType(column: TextColumn, decimalComma: boolean): 'string' {
  const { name, texts, overflowed } = column;
  if (texts.length <= CATEGORIES_MAX && !overflowed) return 'string';
  const actual = texts.length;
  const many = overflowed ? `more than ${actual}` : String(actual);
  const remedy = isTextBySign(column, decimalComma)
    ? `most are numbers with the other sign, but in this file ${signText(decimalComma)}, so write all numbers that way, or add the column to ignore`
    : 'add the column to ignore';
  throw new DataError(
    'too_many_categories',
    `Column ${quote(name)} holds ${many} different texts, but at most ${CATEGORIES_MAX} are allowed, because each becomes a feature: ${remedy}.`,
    { column: name, limit: CATEGORIES_MAX, actual },
  );
}
