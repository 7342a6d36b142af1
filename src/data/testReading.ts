import { type FileReading, fileReading } from './fileReading.ts';
import type { KnownColumn, KnownColumns } from './knownColumns.ts';
import { indexByText } from './roles.ts';
import type { Table, TableColumn } from './table.ts';
import type { ColumnReading } from './tableBuilder.ts';
import { type LeftOutRows, leftOutRows, usedCells } from './usedRows.ts';

/** How a test file must be read again. */
export interface TestReading extends FileReading {
  /** Columns that are text in the training file: they stay text, even if all their texts are truth values. */
  readonly textColumns?: ReadonlySet<string>;
}

/**
 * Returns how the test file must be read again, because its first rows show another decimal sign, or columns of another
 * kind, than the whole file and the training file; undefined if the table is right.
 * A column is read as text for its texts, or for an error that names the first cell that is wrong.
 * @param known those of the training file, read as `readingFor` says, or those of a model
 * @param before how the test file was read, beyond what its first rows show
 */
export function testReadingFor(
  known: KnownColumns,
  test: Table,
  before: TestReading = {},
): TestReading | undefined {
  const ofFile = before.decimalComma === undefined ? signOf(known.format, test) : undefined;
  if (ofFile !== undefined) return merged(before, ofFile);
  const indexOf = columnFinder(test);
  const pairs = known.columns.flatMap((column) => {
    const index = indexOf(column.name);
    return index < 0 ? [] : [{ known: column, index }];
  });
  const leftOut = leftOutRows(
    test,
    pairs.map(({ index }) => index),
    known.dropsMissing,
  );
  const readings = new Map<string, ColumnReading>();
  const textColumns = new Set<string>();
  for (const { known: column, index } of pairs) {
    const { name } = test.columns[index]!;
    // A column that was read again stays as it is: otherwise it could be read again without end.
    if (before.readings?.has(name) === true || before.textColumns?.has(name) === true) continue;
    const reading = columnReading(column, test, index, leftOut);
    if (reading === 'texts') textColumns.add(name);
    else if (reading !== undefined) readings.set(name, reading);
  }
  return readings.size + textColumns.size === 0 ? undefined : merged(before, { readings, textColumns });
}

/** Returns a function that finds a column by its name, or by its name without blanks around it; else the function returns -1. */
export function columnFinder({ columns }: Table): (name: string) => number {
  const names = columns.map(({ name }) => name);
  const places = new Map(names.map((name, place) => [name, place]));
  return (name) => places.get(name) ?? indexByText(names, name);
}

export function isBoolean(column: TableColumn): boolean {
  return column.kind === 'number' && column.type === 'boolean';
}

/** The decimal sign that the test file's rows prove, or else that of the training file. */
function signOf(train: KnownColumns['format'], test: Table): FileReading | undefined {
  const ofTest = fileReading(test);
  if (ofTest !== undefined || test.format.signIsOpen !== true || train === undefined) return ofTest;
  const { delimiter, decimalComma, signIsOpen } = train;
  return delimiter === test.format.delimiter && signIsOpen !== true ? { decimalComma } : undefined;
}

function merged(before: TestReading, after: TestReading): TestReading {
  return {
    ...before,
    ...after,
    readings: new Map([...(before.readings ?? []), ...(after.readings ?? [])]),
    textColumns: new Set([...(before.textColumns ?? []), ...(after.textColumns ?? [])]),
  };
}

function columnReading(
  { type }: KnownColumn,
  test: Table,
  index: number,
  leftOut: LeftOutRows,
): ColumnReading | undefined {
  const column = test.columns[index]!;
  if (column.missing === test.rows) return undefined;
  const isText = type === 'string';
  if (column.kind === 'number') {
    return isText || (type === 'boolean') !== isBoolean(column) ? 'texts' : undefined;
  }
  const isNumbers = !isText && type !== 'boolean';
  return isNumbers && usedCells(test, index, leftOut).others === 0 ? 'numbers' : undefined;
}
