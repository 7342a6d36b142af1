import type { ClassesDtype } from '../values/dataset.ts';

/** Classes as they come in: one label a row, numbers or text. */
export type Labels = ArrayLike<number | string>;

/** One class a row, by its number from 0. */
export type ClassCodes = Uint8Array | Int32Array;

export interface EncodedLabels {
  /** The different labels, sorted as NumPy sorts them: numbers by value, text by code point. */
  readonly classes: readonly (number | string)[];
  readonly dtype: ClassesDtype;
  /** For each row its label's place in `classes`. */
  readonly codes: ClassCodes;
}

/** What a classifier learns to tell: labels, or their codes where they are known already. */
export type Classes = Labels | EncodedLabels;
