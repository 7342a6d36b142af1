import { DataError, quote } from '../errors.ts';
import { numberOf } from './column.ts';
import { hasOtherSign, NAME_THE_SIGNS, signText } from './decimalSigns.ts';
import { firstDoubt } from './fileReading.ts';
import { DOUBT, shapesOf } from './numberShapes.ts';
import { looksLikeNumber } from './numberTexts.ts';
import { rowPlace, rowText } from './places.ts';
import type { Cell, Table, TableColumn } from './table.ts';
import { footerHint, secondHeaderHint } from './tableShape.ts';
import { firstOther, type LeftOutRows, type UsedCells } from './usedRows.ts';

/**
 * The error for a column whose numbers may be wrong by a factor of 1,000, because nobody can say whether a sign is a
 * decimal sign or groups thousands.
 * @returns undefined if there is no such cell, or if the column is not one of numbers
 */
export function ambiguousNumber(table: Table, column: TableColumn): DataError | undefined {
  const doubt = firstDoubt(table, column);
  if (doubt === undefined || !isMostlyNumbers(column)) return undefined;
  const { row, text } = doubt;
  const place = rowPlace(row, table.lines);
  const sign = text.includes(',') ? ',' : '.';
  const grouped = text.trim().replace(sign, '');
  const fraction = text.trim().replace(sign, '.');
  return new DataError(
    'ambiguous_number',
    `${rowText(place)} has ${quote(text)} in column ${quote(column.name)}, which is ${fraction} or ${grouped}: set decimal=${sign} for ${fraction}, or thousands=${sign} for ${grouped}.`,
    { ...place, column: column.name, value: text, field: 'decimal', allowed: ['decimal', 'thousands'] },
  );
}

function isMostlyNumbers(column: TableColumn): boolean {
  if (column.kind === 'number' && column.numbers >= column.others) return true;
  const texts = column.kind === 'text' ? column.texts : (column.notes?.otherTexts ?? []);
  const numbers = texts.filter(
    (text) => !Number.isNaN(numberOf(text, false)) || (shapesOf(text) & DOUBT) !== 0,
  );
  return numbers.length * 2 >= texts.length;
}

/** The last remedy for a column. A column that a model was trained on cannot be left out, so it has no such remedy. */
const OR_IGNORE = ', or add the column to ignore';

/** The error for a column of numbers with cells that are not numbers. */
export function notANumber(
  table: Table,
  index: number,
  leftOut: LeftOutRows,
  used: UsedCells,
  orIgnore = OR_IGNORE,
): DataError {
  const column = table.columns[index]!;
  const cell = firstOther(table, index, leftOut) ?? { row: 0, text: '' };
  const place = rowPlace(cell.row, table.lines);
  const where = `${rowText(place)} has ${quote(cell.text)} in column ${quote(column.name)}`;
  const says = `${whatToDo(table, column, cell, used)}${orIgnore}.`;
  const hint = hintOf(table, cell.row);
  return new DataError('not_a_number', `${where}, ${says}${hint === undefined ? '' : ` ${hint}`}`, {
    ...place,
    column: column.name,
    value: cell.text,
  });
}

function hintOf(table: Table, row: number): string | undefined {
  return row === 0 ? secondHeaderHint(table) : footerHint(table, row);
}

function whatToDo(table: Table, column: TableColumn, { text }: Cell, { others }: UsedCells): string {
  const { decimalComma } = table.format;
  if (hasOtherSign(text, decimalComma)) {
    return `which is not a number in this file because ${signText(decimalComma)}: correct it, ${NAME_THE_SIGNS}`;
  }
  if (looksLikeNumber(text)) {
    return 'which looks like a number with signs or a unit, but is not a number: name the sign between groups of digits in thousands, write all numbers without signs and units';
  }
  if (others > 1 && column.notes?.onlyOther !== undefined) {
    const all = `like all ${others} cells of the column that are not numbers`;
    return `${all}: set na_values=${column.notes.onlyOther} if the text means missing, correct the cells`;
  }
  return 'which is not a number: correct it, name it in na_values if it means missing';
}
