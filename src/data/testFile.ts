import { DataError, inTestFile, quote } from '../errors.ts';
import type { ClassLabel, ColumnInfo, TestFileInfo } from '../values/dataset.ts';
import type { Missing } from '../values/plan.ts';
import type { Warning } from '../values/warning.ts';
import { numberOf, truthValue } from './column.ts';
import { infiniteValue, missingValue } from './features.ts';
import type { KnownColumn, KnownRows } from './knownColumns.ts';
import { ambiguousNumber, notANumber } from './oddCells.ts';
import { rowPlace, rowText } from './places.ts';
import { isMissingCell, segmentsOf } from './segments.ts';
import { type Table, type TableColumn, TEXTS_MAX, type TextColumn } from './table.ts';
import { NO_CLASS, requireLabels } from './target.ts';
import { columnFinder, isBoolean } from './testReading.ts';
import { firstInfinite, firstOther, type LeftOutRows, leftOutRows, usedCells } from './usedRows.ts';
import { testFileWarnings } from './warnings/testFile.ts';

/** The header line's place among the rows. */
const HEADER = -1;

/** The rows of a test file in the terms of the training file, or of a model. */
export interface TestRows {
  readonly table: Table;
  /** For each known feature, in its order, the same column of the test file. */
  readonly features: readonly TestColumn[];
  /** Each row's place among the known classes, or `NO_CLASS` for a dropped row. */
  readonly codes: Uint8Array;
  /** 1 for each row that is left out: it has no value, or misses one. Undefined if no row is left out. */
  readonly dropped: Uint8Array | undefined;
  /** Number of rows to test on. */
  readonly rows: number;
  readonly info: TestFileInfo;
  readonly warnings: readonly Warning[];
}

/** A column of the test file. */
export interface TestColumn {
  /** Its place in the test file. */
  readonly index: number;
  readonly missing: number;
  /** For a column of text beside a training file: the texts of both, and the place of each text of the test file among them. */
  readonly texts?: { readonly all: readonly string[]; readonly places: Int32Array };
}

/**
 * Finds the known columns in the test file, by their names, and the classes of its rows. Other columns of the test file are
 * not used.
 * @param test read as `testReadingFor` says
 * @throws DataError if a column is missing or of another kind, if a cell is missing and nothing fills it, if a class is not
 *   a known one, or if no row is left; its details name the file
 */
export function readTestRows(known: KnownRows, test: Table, missing: Missing): TestRows {
  try {
    return findRows(known, test, missing);
  } catch (error) {
    throw inTestFile(error);
  }
}

function findRows(known: KnownRows, test: Table, missing: Missing): TestRows {
  const { target, features } = known;
  const indexOf = columnFinder(test);
  const placeOf = (name: string) => {
    const place = indexOf(name);
    if (place < 0) throw missingColumn(known, test, name);
    return place;
  };
  const targetIndex = placeOf(target.name);
  const indices = features.map(({ name }) => placeOf(name));
  const leftOut = leftOutRows(test, [...indices, targetIndex], missing === 'drop');
  requireLabels(test, targetIndex, leftOut, known.of !== 'model');
  const found = features.map((feature, place) =>
    readFeature(feature, test, { of: known.of, index: indices[place]!, leftOut, missing }),
  );
  const codes = readCodesOf(known, test, targetIndex, leftOut);
  let rows = 0;
  for (let row = 0; row < codes.length; row++) if (codes[row] !== NO_CLASS) rows++;
  if (rows === 0) throw noRowLeft(known);
  return {
    table: test,
    features: found,
    codes,
    dropped: leftOut.marks,
    rows,
    info: describeTest(known, test, rows),
    warnings: testFileWarnings(test, { leftOut, targetIndex }),
  };
}

interface Place extends Pick<KnownRows, 'of'> {
  readonly index: number;
  readonly leftOut: LeftOutRows;
  readonly missing: Missing;
}

function readFeature(
  { type, texts = [] }: KnownColumn,
  test: Table,
  { of, index, leftOut, missing }: Place,
): TestColumn {
  const column = test.columns[index]!;
  const used = usedCells(test, index, leftOut);
  if (type !== 'string' && column.missing < test.rows) {
    const isTruth = type === 'boolean';
    if (isTruth && !isBoolean(column)) throw notABoolean(of, column, test, index);
    const ambiguous = ambiguousNumber(test, column);
    if (ambiguous !== undefined) throw ambiguous;
    if (!isTruth && used.others > 0) throw notANumber(test, index, leftOut, used, orIgnore(of));
    const infinite = firstInfinite(test, index, leftOut);
    if (infinite !== undefined) throw infiniteValue(test, index, infinite);
  }
  if (used.missing > 0 && missing === 'error') {
    throw missingValue(test, index, leftOut, used, ...(of === 'model' ? [FILL_IN] : []));
  }
  const common = { index, missing: column.missing };
  if (type !== 'string') return common;
  if (column.kind !== 'text') return { ...common, texts: { all: texts, places: new Int32Array(0) } };
  if (column.overflowed) throw tooManyTexts(of, column.name);
  return of === 'model' ? common : { ...common, texts: joinTexts(texts, column.texts) };
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

/** Each row's place among the known classes. @throws DataError for a label that is unknown */
function readCodesOf(known: KnownRows, test: Table, index: number, leftOut: LeftOutRows): Uint8Array {
  const { target } = known;
  const column = test.columns[index]!;
  if (column.kind === 'number' && usedCells(test, index, leftOut).others > 0) {
    const { row, text } = firstOther(test, index, leftOut)!;
    throw unknownClass(known, test, row, text);
  }
  const codeOf = new Map<ClassLabel | undefined, number>(target.classes.map((label, code) => [label, code]));
  const ofTexts =
    column.kind === 'text' ? column.texts.map((text) => codeOf.get(labelOf(target, text, test))) : undefined;
  const codes = new Uint8Array(test.rows).fill(NO_CLASS);
  for (const segment of segmentsOf(test, index)) {
    const { firstRow, cells, decimals } = segment;
    const power = 10 ** decimals;
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]!;
      const row = firstRow + i;
      if (leftOut.marks?.[row] === 1 || isMissingCell(segment, i)) continue;
      const code = ofTexts === undefined ? codeOf.get(cell / power) : ofTexts[cell];
      if (code === undefined) {
        const text = column.kind === 'text' ? column.texts[cell]! : String(cell / power);
        throw unknownClass(known, test, row, text);
      }
      codes[row] = code;
    }
  }
  return codes;
}

/** The label that a text means, in the type of the known labels. */
function labelOf({ type }: KnownRows['target'], text: string, { format }: Table): ClassLabel | undefined {
  if (type === 'string') return text;
  return type === 'boolean' ? truthValue(text) : numberOf(text, format);
}

/** The columns in the test file's order, of the known types. Columns that are not used are not read. */
function describeTest({ columns }: KnownRows, test: Table, rows: number): TestFileInfo {
  const indexOf = columnFinder(test);
  const types = new Map(columns.map(({ name, type }) => [indexOf(name), type]));
  const infos = test.columns.map(
    ({ name, missing }, index): ColumnInfo => ({
      name,
      type: types.get(index) ?? 'string',
      ...(missing > 0 && { missing: true }),
    }),
  );
  return { rows, columns: infos, digest: test.digest };
}

const FILL_IN =
  'fill in the values, or remove the rows, because the model was trained without a rule for missing values';

/** The end of a list of remedies: what a model has learned from cannot be left out. */
function orIgnore(of: KnownRows['of']): string {
  return of === 'model' ? '' : ', or add the column to ignore';
}

function missingColumn({ of, target }: KnownRows, { lines }: Table, name: string): DataError {
  const feature = `a feature of ${of === 'model' ? 'the model' : of}`;
  const [what, remedy] =
    name === target.name
      ? ['the target', `add it${of === 'model' ? ', or name the column with the labels in target' : ''}`]
      : [feature, `add it${orIgnore(of)}`];
  const message = `The file has no column ${quote(name)}, which is ${what}: ${remedy}.`;
  return new DataError('missing_column', message, { ...rowPlace(HEADER, lines), column: name });
}

/** The error for the first cell that is no truth value. */
function notABoolean(of: KnownRows['of'], column: TableColumn, test: Table, index: number): DataError {
  const { name } = column;
  const { texts } = column as TextColumn;
  const found = texts.findIndex((text) => truthValue(text) === undefined);
  const place = rowPlace(firstRowWith(test, index, found), test.lines);
  return new DataError(
    'not_a_boolean',
    `${rowText(place)} has ${quote(texts[found]!)} in column ${quote(name)}, which has only truth values ${of === 'model' ? 'in the model' : 'in train_file'}: write True or False${orIgnore(of)}.`,
    { ...place, column: name, value: texts[found]! },
  );
}

function firstRowWith(test: Table, index: number, code: number): number {
  for (const { cells, firstRow } of segmentsOf(test, index)) {
    const place = cells.indexOf(code);
    if (place >= 0) return firstRow + place;
  }
  return 0;
}

function tooManyTexts(of: KnownRows['of'], name: string): DataError {
  return new DataError(
    'too_many_categories',
    `Column ${quote(name)} holds more than ${TEXTS_MAX} different texts: correct the texts${orIgnore(of)}.`,
    { column: name, limit: TEXTS_MAX, actual: TEXTS_MAX + 1 },
  );
}

function unknownClass(
  { of, target: { name } }: KnownRows,
  test: Table,
  row: number,
  value: string,
): DataError {
  const place = rowPlace(row, test.lines);
  if (of === 'model') {
    const message = `${rowText(place)} has the class ${quote(value)}, which the model does not know: correct the label, or remove the row.`;
    return new DataError('unknown_class', message, { ...place, column: name, value });
  }
  return new DataError(
    'class_only_in_test',
    `${rowText(place)} has the class ${quote(value)}, which no training row has, so it cannot be learned: add rows of this class to train_file, or remove its rows here.`,
    { ...place, column: name, value },
  );
}

function noRowLeft({ of }: KnownRows): DataError {
  if (of === 'model') return new DataError('no_rows', 'The file has no row with a value: add rows.', {});
  return new DataError(
    'all_rows_dropped',
    'No row is left because every row has a missing value: fill in the values, add a column to ignore, or choose another value for missing.',
    { field: 'missing', actual: 0 },
  );
}
