import { DataError, inTestFile, quote } from '../errors.ts';
import type { ClassLabel, ColumnInfo, TestFileInfo } from '../values/dataset.ts';
import type { Missing } from '../values/plan.ts';
import { infiniteValue, missingValue, notANumber } from './cellErrors.ts';
import { numberOf, truthValue } from './column.ts';
import { assignRoles, type Dataset, type Roles } from './dataset.ts';
import { markMissing } from './missing.ts';
import { segmentsOf } from './segments.ts';
import { type Table, type TableColumn, TEXTS_MAX, type TextColumn } from './table.ts';
import { missingLabel, NO_CLASS, type Target } from './target.ts';

/** The rows of a test file in the terms of the training file. */
export interface TestRows {
  readonly table: Table;
  /** For each feature of the training file, in its order, the same column of the test file. */
  readonly features: readonly TestColumn[];
  /** Each row's place among the classes of the training file, or `NO_CLASS` for a dropped row. */
  readonly codes: Uint8Array;
  /** 1 for each row that is dropped because a cell is missing. Undefined if no row is dropped. */
  readonly dropped: Uint8Array | undefined;
  /** Number of rows to test on. */
  readonly rows: number;
  readonly info: TestFileInfo;
}

/** A column of the test file. */
export interface TestColumn {
  /** Its place in the test file. */
  readonly index: number;
  readonly missing: number;
  /** For a column of text: the texts of both files, and the place of each text of the test file among them. */
  readonly texts?: { readonly all: readonly string[]; readonly places: Int32Array };
}

/**
 * Returns the columns of the test file that were read as numbers or booleans, but that the training file has in another form.
 * The test file must be read again with these columns as text, for their texts or for an error that names the cell.
 * @param train read as the roles need it
 * @throws FieldError as `toDataset`
 */
export function testColumnsToReadAsText(train: Table, roles: Roles, test: Table): ReadonlySet<string> {
  const { ignored } = assignRoles(train, roles);
  const isOther = (column: TableColumn) => {
    const found = test.columns.find(({ name }) => name === column.name);
    if (ignored.has(column.name) || found?.kind !== 'number' || found.missing === test.rows) return false;
    return column.kind === 'text' || isBoolean(column) !== isBoolean(found);
  };
  return new Set(train.columns.filter(isOther).map(({ name }) => name));
}

/**
 * Finds the columns of the training file in the test file, by their names, and the classes of its rows. Other columns of the
 * test file are not used.
 * @param test read with the columns of `testColumnsToReadAsText` as text, if there are any
 * @throws DataError if a column is missing or of another kind, if a cell is missing and nothing fills it, if a class is not
 *   one of the training file, or if no row is left; its details name the file
 */
export function readTestRows(train: Dataset, test: Table, missing: Missing): TestRows {
  try {
    return findRows(train, test, missing);
  } catch (error) {
    throw inTestFile(error);
  }
}

function findRows(train: Dataset, test: Table, missing: Missing): TestRows {
  const { target, features } = train;
  const places = new Map(test.columns.map(({ name }, index) => [name, index]));
  const placeOf = (name: string) => {
    const place = places.get(name);
    if (place === undefined) throw missingColumn(name, name === target.name);
    return place;
  };
  const targetIndex = placeOf(target.name);
  const indices = features.map(({ name }) => placeOf(name));
  const found = features.map(({ index }, place) =>
    readFeature(train.table.columns[index]!, test, indices[place]!, missing),
  );
  const dropped = missing === 'drop' ? markMissing(test, [...indices, targetIndex]) : undefined;
  const codes = readCodesOf(target, test, targetIndex, { missing, dropped });
  let rows = 0;
  for (let row = 0; row < codes.length; row++) if (codes[row] !== NO_CLASS) rows++;
  if (rows === 0) throw noRowLeft();
  return { table: test, features: found, codes, dropped, rows, info: describeTest(train, test, rows) };
}

function readFeature(known: TableColumn, test: Table, index: number, missing: Missing): TestColumn {
  const column = test.columns[index]!;
  const { decimalComma } = test.format;
  const { name, firstMissing, firstInfinite } = column;
  const isEmpty = column.missing === test.rows;
  if (known.kind === 'number' && !isEmpty) {
    if (isBoolean(known) && !isBoolean(column)) throw notABoolean(column, test, index);
    if (!isBoolean(known) && column.others > 0) throw notANumber(column, decimalComma);
    if (firstInfinite !== undefined) throw infiniteValue(name, firstInfinite);
  }
  if (firstMissing !== undefined && missing === 'error') throw missingValue(column, firstMissing, test.rows);
  const common = { index, missing: column.missing };
  if (known.kind !== 'text') return common;
  if (column.kind !== 'text') return { ...common, texts: { all: known.texts, places: new Int32Array(0) } };
  if (column.overflowed) throw tooManyTexts(name);
  return { ...common, texts: joinTexts(known.texts, column.texts) };
}

/** Gives the texts that the training file does not have one place behind all others: no category is like them. */
function joinTexts(known: readonly string[], texts: readonly string[]): Required<TestColumn>['texts'] {
  const places = new Map(known.map((text, place) => [text, place]));
  const unknown = texts.find((text) => !places.has(text));
  return {
    all: unknown === undefined ? known : [...known, unknown],
    places: Int32Array.from(texts, (text) => places.get(text) ?? known.length),
  };
}

/** Each row's place among the classes of the training file. @throws DataError for a label that is missing or unknown */
function readCodesOf(
  target: Target,
  test: Table,
  index: number,
  { missing, dropped }: { readonly missing: Missing; readonly dropped: Uint8Array | undefined },
): Uint8Array {
  const column = test.columns[index]!;
  const { name, firstMissing, firstOther } = column;
  if (firstMissing !== undefined && missing !== 'drop') throw missingLabel(name, firstMissing);
  if (column.kind === 'number' && column.others > 0 && firstOther) {
    throw unknownClass(target, firstOther.row, firstOther.text);
  }
  const codeOf = new Map<ClassLabel | undefined, number>(
    target.classCounts.map(({ label }, code) => [label, code]),
  );
  const ofTexts =
    column.kind === 'text'
      ? column.texts.map((text) => codeOf.get(labelOf(target, text, test.format.decimalComma)))
      : undefined;
  const codes = new Uint8Array(test.rows).fill(NO_CLASS);
  for (const { firstRow, cells, decimals, missing: gap } of segmentsOf(test, index)) {
    const power = 10 ** decimals;
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]!;
      const row = firstRow + i;
      if (cell === gap || Number.isNaN(cell) || dropped?.[row] === 1) continue;
      const code = ofTexts === undefined ? codeOf.get(cell / power) : ofTexts[cell];
      if (code === undefined) {
        throw unknownClass(target, row, column.kind === 'text' ? column.texts[cell]! : String(cell / power));
      }
      codes[row] = code;
    }
  }
  return codes;
}

/** The label that a text means, in the type of the training file's labels. */
function labelOf({ type }: Target, text: string, decimalComma: boolean): ClassLabel | undefined {
  if (type === 'string') return text;
  return type === 'boolean' ? truthValue(text) : numberOf(text, decimalComma);
}

/** The columns in the test file's order, of the training file's types. Columns that are not used are not read. */
function describeTest({ columns }: Dataset, test: Table, rows: number): TestFileInfo {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const infos = test.columns.map(
    ({ name, missing }): ColumnInfo => ({
      name,
      type: types.get(name) ?? 'string',
      ...(missing > 0 && { missing: true }),
    }),
  );
  return { rows, columns: infos, digest: test.digest };
}

function isBoolean(column: TableColumn): boolean {
  return column.kind === 'number' && column.type === 'boolean';
}

function missingColumn(name: string, isTarget: boolean): DataError {
  const [what, remedy] = isTarget
    ? ['the target', 'add it']
    : ['a feature of train_file', 'add it, or add the column to ignore'];
  const message = `The file has no column ${quote(name)}, which is ${what}: ${remedy}.`;
  return new DataError('missing_column', message, { row: 0, column: name });
}

/** The error for the first cell that is no truth value. */
function notABoolean(column: TableColumn, test: Table, index: number): DataError {
  const { name } = column;
  const { texts } = column as TextColumn;
  const found = texts.findIndex((text) => truthValue(text) === undefined);
  const row = firstRowWith(test, index, found);
  return new DataError(
    'not_a_boolean',
    `Row ${row + 1} has ${quote(texts[found]!)} in column ${quote(name)}, which has only truth values in train_file: write True or False, or add the column to ignore.`,
    { row: row + 1, column: name, value: texts[found]! },
  );
}

function firstRowWith(test: Table, index: number, code: number): number {
  for (const { cells, firstRow } of segmentsOf(test, index)) {
    const place = cells.indexOf(code);
    if (place >= 0) return firstRow + place;
  }
  return 0;
}

function tooManyTexts(name: string): DataError {
  return new DataError(
    'too_many_categories',
    `Column ${quote(name)} holds more than ${TEXTS_MAX} different texts: correct the texts, or add the column to ignore.`,
    { column: name, limit: TEXTS_MAX, actual: TEXTS_MAX + 1 },
  );
}

function unknownClass({ name }: Target, row: number, value: string): DataError {
  return new DataError(
    'class_only_in_test',
    `Row ${row + 1} has the class ${quote(value)}, which no training row has, so it cannot be learned: add rows of this class to train_file, or remove its rows here.`,
    { row: row + 1, column: name, value },
  );
}

function noRowLeft(): DataError {
  return new DataError(
    'all_rows_dropped',
    'No row is left because every row has a missing value: fill in the values, add a column to ignore, or choose another value for missing.',
    { field: 'missing', actual: 0 },
  );
}
