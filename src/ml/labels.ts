import type { ClassesDtype } from '../values/dataset.ts';

/** Labels from the caller, one a row: numbers or text. */
export type Labels = ArrayLike<number | string>;

/** One class code a row, from 0. */
export type ClassCodes = Uint8Array | Int32Array;

export interface EncodedLabels {
  /** The different labels, sorted as NumPy sorts them: numbers by value, text by code point. */
  readonly classes: readonly (number | string)[];
  readonly dtype: ClassesDtype;
  /** Each row's index in `classes`. */
  readonly codes: ClassCodes;
}

/** Labels for a classifier, or their codes if they are already known. */
export type Classes = Labels | EncodedLabels;
