import { COMMA_NUMBERS, SHAPES } from './numberShapes.ts';
import type { Cell, Table, TableColumn } from './table.ts';
import type { ColumnReading } from './tableBuilder.ts';

/** What is to be read otherwise than the first rows of a file show. */
export interface FileReading {
  /** The decimal sign that an earlier reading of the file has found. */
  readonly decimalComma?: boolean;
  /** How columns are read, by name. The first rows decide all other columns. */
  readonly readings?: ReadonlyMap<string, ColumnReading>;
}

/**
 * Finds out whether rows after the first ones show another form of numbers, so that the file must be read again.
 * @returns undefined if the file was read as all of its rows show it
 */
export function fileReading(table: Table): FileReading | undefined {
  const { format, columns } = table;
  if (format.signIsGiven === true) return undefined;
  if (format.delimiter === ',') return quotedCommas(columns);
  if (format.signCameLate === true) return { decimalComma: format.decimalComma };
  if (format.signIsOpen === true) return undefined;
  const other = format.decimalComma ? SHAPES.pointDecimal : SHAPES.commaDecimal;
  const others = columns.filter((column) => (shapesIn(column) & other) !== 0);
  const own = columns.filter(hasDecimals);
  return others.length > own.length ? { decimalComma: !format.decimalComma } : undefined;
}

/**
 * Between commas, a number with a decimal comma needs quotes. A column has such numbers if all its cells are such or
 * whole, and if the file proves that the comma is a decimal sign.
 */
function quotedCommas(columns: readonly TableColumn[]): FileReading | undefined {
  const found = columns.filter((column) => {
    const shapes = shapesIn(column);
    return shapes !== 0 && (shapes & ~COMMA_NUMBERS) === 0 && !hasDecimals(column);
  });
  const isProved = found.some((column) => (shapesIn(column) & SHAPES.commaDecimal) !== 0);
  const isGroups = columns.some((column) => (shapesIn(column) & SHAPES.commaGroups) !== 0);
  if (!isProved || isGroups) return undefined;
  return { readings: new Map(found.map(({ name }) => [name, 'commas'])) };
}

/**
 * Returns the first cell of which nobody can say whether its sign is a decimal sign or groups thousands, so that its
 * number may be wrong by a factor of 1,000.
 */
export function firstDoubt(table: Table, column: TableColumn): Cell | undefined {
  const { format, columns } = table;
  const doubt = column.notes?.firstDoubt;
  if (doubt === undefined || format.signIsGiven === true) return undefined;
  if (format.delimiter !== ',') return format.signIsOpen === true ? doubt : undefined;
  const proof = SHAPES.commaDecimal | SHAPES.commaGroups;
  const isProved = columns.some((one) => (shapesIn(one) & proof) !== 0 || hasDecimals(one));
  return isProved ? undefined : doubt;
}

function shapesIn({ notes }: TableColumn): number {
  return notes?.shapes ?? 0;
}

/** Whether the column has numbers with the file's decimal sign, or with an exponent. */
function hasDecimals({ notes, kind, numbers }: TableColumn): boolean {
  return notes?.isWhole === false && notes.isLarge === false && (kind === 'text' || numbers > 0);
}
