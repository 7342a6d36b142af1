import {
  cellReader,
  missingValue,
  refusesMissing,
  takesFractions,
  wrongValue,
} from '../../../data/featureCells.ts';
import type { BodyError } from '../../../errors.ts';
import { FIRST_WORD, NO_VALUE, STAGED } from '../../../kernels/scanLayout.ts';
import type { FeatureColumn } from '../../../models/port.ts';
import type { ColumnInfo } from '../../../values/dataset.ts';

/** Staged words, as two whole numbers and as doubles. */
export interface StagedWords {
  readonly halves: Int32Array;
  readonly doubles: Float64Array;
}

/** The staged cells of a feature as the model takes them, and rows whose cell is bad. */
export interface FeatureValues {
  readonly values: FeatureColumn;
  /** Rows with a bad cell, ascending, counted from 0. */
  readonly bad: readonly number[];
}

/** The kind of a word, without the decimals of a number. */
const KIND = 0xffff_0000;
const DECIMALS = 0xffff;
/** The kernels stage a number of 32 bits, so it has few decimals. Each of these powers is an exact double. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** Different texts that are kept. A feature with more of them has names or comments, and forgets them from time to time. */
const TEXTS_MAX = 10_000;

/** The cells of one feature in the staged words. */
export class StagedFeature {
  readonly info: ColumnInfo;
  readonly isText: boolean;
  readonly #read: (cell: string) => number | string | null | undefined;
  /** Index of the first staged word. */
  readonly #first: number;
  readonly #refusesMissing: boolean;
  readonly #texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(info: ColumnInfo, decimalComma: boolean, first: number) {
    this.info = info;
    this.isText = info.type === 'string';
    this.#read = cellReader(info, decimalComma);
    this.#first = first;
    this.#refusesMissing = refusesMissing(info);
  }

  /** Stages a cell that the kernels do not read. */
  stage({ halves, doubles }: StagedWords, row: number, text: string): void {
    const at = this.#first + row;
    const value = this.#read(text);
    if (typeof value === 'string') {
      halves[2 * at] = this.#numberOf(value);
      halves[2 * at + 1] = STAGED.number;
    } else if (value === undefined) {
      halves[2 * at] = NO_VALUE;
      halves[2 * at + 1] = STAGED.other;
    } else if (value === null || Number.isNaN(value)) {
      halves[2 * at] = FIRST_WORD;
      halves[2 * at + 1] = STAGED.missing;
    } else {
      doubles[at] = value;
    }
  }

  #numberOf(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#texts.push(text) - 1;
      this.#numbers.set(text, number);
    }
    return number;
  }

  /** Whether so many texts are kept that they should be forgotten, here and by the kernels. */
  get isFull(): boolean {
    return this.#texts.length > TEXTS_MAX;
  }

  forgetTexts(): void {
    this.#texts.length = 0;
    this.#numbers.clear();
  }

  values(words: StagedWords, rows: number): FeatureValues {
    return this.isText ? this.#textValues(words, rows) : this.#numberValues(words, rows);
  }

  #textValues({ halves }: StagedWords, rows: number): FeatureValues {
    const values = new Array<string | null>(rows);
    for (let row = 0, at = 2 * this.#first; row < rows; row++, at += 2) {
      values[row] = halves[at + 1] === STAGED.number ? this.#texts[halves[at]!]! : null;
    }
    return { values, bad: [] };
  }

  #numberValues({ halves, doubles }: StagedWords, rows: number): FeatureValues {
    const values = new Float64Array(rows);
    const bad: number[] = [];
    const fractions = takesFractions(this.info);
    const isBoolean = this.info.type === 'boolean';
    for (let row = 0, at = this.#first; row < rows; row++, at++) {
      const upper = halves[2 * at + 1]!;
      const kind = upper & KIND;
      let value: number;
      if (kind === STAGED.number) {
        value = halves[2 * at]!;
        const decimals = upper & DECIMALS;
        if (decimals !== 0) value /= POWERS[decimals]!;
      } else if (kind === STAGED.missing || kind === STAGED.other) {
        value = Number.NaN;
        if (kind === STAGED.other || this.#refusesMissing) bad.push(row);
        values[row] = value;
        continue;
      } else {
        value = doubles[at]!;
      }
      values[row] = value;
      if (isBoolean ? value !== 0 && value !== 1 : !fractions && !Number.isInteger(value)) bad.push(row);
    }
    return { values, bad };
  }

  /** Says what is wrong with a bad cell. @param row number of the row in the file, counted from 1 */
  fault({ halves }: StagedWords, at: number, row: number): BodyError {
    const kind = halves[2 * (this.#first + at) + 1]! & KIND;
    return kind === STAGED.missing ? missingValue(this.info, row) : wrongValue(this.info, row);
  }
}
