import { quote } from '../errors.ts';
import { numberOf } from './column.ts';
import { NUMBERS_SHARE_MIN, numberTexts } from './numberTexts.ts';
import type { TextColumn } from './table.ts';

/** Counts of a column's texts that are numbers with the file's decimal sign, and only with the other sign. */
interface Signs {
  readonly ofFile: number;
  readonly other: number;
}

/** Fields that say how numbers are written. */
export const NAME_THE_SIGNS = 'name the signs of the numbers in decimal and thousands';

/** Whether a cell is a number only with the decimal sign that the file's numbers do not use. */
export function hasOtherSign(cell: string, decimalComma: boolean): boolean {
  return Number.isNaN(numberOf(cell, decimalComma)) && !Number.isNaN(numberOf(cell, !decimalComma));
}

/** Counts the texts of a column that is text only because of the decimal signs of its numbers. */
function textsByOtherSign(column: TextColumn, decimalComma: boolean): number | undefined {
  const { ofFile, other } = countSigns(column, decimalComma);
  return other > 0 && ofFile + other >= column.texts.length * NUMBERS_SHARE_MIN ? other : undefined;
}

function countSigns({ texts }: TextColumn, decimalComma: boolean): Signs {
  const other = texts.filter((text) => hasOtherSign(text, decimalComma)).length;
  const ofFile = texts.filter((text) => !Number.isNaN(numberOf(text, decimalComma))).length;
  return { ofFile, other };
}

/** Returns `the decimal sign is a comma`. A cell's own sign is not named, because `1,234` may use either. */
export function signText(decimalComma: boolean): string {
  return `the decimal sign is a ${decimalComma ? 'comma' : 'point'}`;
}

/** Why a text column may be meant as numbers. */
export interface MeantAsNumbers {
  readonly code: 'mixed_decimal_signs' | 'looks_like_numbers';
  /** What the texts look like, and what to do, without a point at the end. */
  readonly says: string;
  readonly remedy: string;
}

/** Finds out whether a text column is meant as numbers. */
export function meantAsNumbers(column: TextColumn, decimalComma: boolean): MeantAsNumbers | undefined {
  const total = column.texts.length;
  const other = textsByOtherSign(column, decimalComma);
  if (other !== undefined) {
    return {
      code: 'mixed_decimal_signs',
      says: `${other} of its ${total} different texts are not numbers in this file, where ${signText(decimalComma)}`,
      remedy: `${NAME_THE_SIGNS}, or write all numbers of the file the same way`,
    };
  }
  const texts = numberTexts(column);
  if (texts === undefined) return undefined;
  const { count, example, hasGroups } = texts;
  return {
    code: 'looks_like_numbers',
    says: `${count} of its ${total} different texts look like numbers, such as ${quote(example)}`,
    remedy: hasGroups
      ? 'name the sign between the groups of digits in thousands'
      : 'write the numbers without signs and units',
  };
}
