import { NO_VALUE, STAGED, STAGED_END } from '../kernels/scanLayout.ts';
import { isMissing, isWhole, numberOf, truthValue } from './column.ts';
import { POWERS_OF_TEN, type Segment } from './segments.ts';
import { type Cell, type NumberColumn, TEXTS_MAX, type TextColumn } from './table.ts';

/** Counts of one column in one block. */
export interface Sealed {
  readonly missing: number;
  readonly others: number;
  /** Row of the first missing cell, if there is one. */
  readonly firstMissing: number;
}

/** Staging memory: each cell is one word, viewed as two whole numbers or as a double. */
export interface StagedCells {
  readonly halves: Int32Array;
  readonly doubles: Float64Array;
}

/**
 * One column while its file is read.
 * Classifies the cells that the kernels do not handle, numbers the different texts of a text column, and keeps the
 * first cell of each kind.
 */
export class ColumnBuilder {
  readonly name: string;
  readonly isText: boolean;
  readonly #decimalComma: boolean;
  readonly #texts: string[] = [];
  readonly #places = new Map<string, number>();
  /** Indices of texts that are numbers. */
  readonly #numberPlaces = new Set<number>();
  /** Number cells after the first `TEXTS_MAX` different texts. */
  #numbersBehind = 0;
  #overflowed = false;
  #wholeSoFar = true;
  #missing = 0;
  #others = 0;
  #firstMissing: Cell | undefined;
  #firstMissingText: Cell | undefined;
  #firstInfinite: Cell | undefined;
  #firstOther: Cell | undefined;

  constructor(name: string, isText: boolean, decimalComma: boolean) {
    this.name = name;
    this.isText = isText;
    this.#decimalComma = decimalComma;
  }

  get hasOthers(): boolean {
    return this.#firstOther !== undefined;
  }

  /**
   * Classifies a cell and stages it.
   * @param row its row in the table
   * @param at its index among the staged words
   * @returns whether every cell with this text is staged the same way
   */
  stage(text: string, row: number, staged: StagedCells, at: number): boolean {
    const known = this.#places.get(text);
    if (known !== undefined) return stageWord(staged, at, STAGED.number, known);
    const value = numberOf(text, this.#decimalComma);
    if (Number.isNaN(value)) {
      if (isMissing(text)) {
        this.#firstMissingText ??= { row, text };
        return stageWord(staged, at, STAGED.missing, NO_VALUE);
      }
      this.#firstOther ??= { row, text };
    } else if (!Number.isFinite(value)) {
      this.#firstInfinite ??= { row, text };
    }
    if (this.isText) return this.#stageText(text, !Number.isNaN(value), staged, at);
    if (Number.isNaN(value)) return stageWord(staged, at, STAGED.other, NO_VALUE);
    this.#wholeSoFar &&= isWhole(text, value);
    stageNumber(staged, at, value, decimalsOf(text));
    return false;
  }

  #stageText(text: string, isNumber: boolean, staged: StagedCells, at: number): boolean {
    const place = this.#texts.length;
    if (place === TEXTS_MAX) {
      this.#overflowed = true;
      if (isNumber) this.#numbersBehind++;
      stageWord(staged, at, STAGED.other, NO_VALUE);
      return false;
    }
    this.#texts.push(text);
    this.#places.set(text, place);
    if (isNumber) this.#numberPlaces.add(place);
    return stageWord(staged, at, STAGED.number, place);
  }

  /** Adds the counts of one block. @param firstRow the block's first row in the table */
  add({ missing, others, firstMissing }: Sealed, firstRow: number): void {
    this.#missing += missing;
    this.#others += others;
    if (missing === 0 || this.#firstMissing !== undefined) return;
    const row = firstRow + firstMissing;
    // For empty cells the kernels report only that they are missing.
    this.#firstMissing = this.#firstMissingText?.row === row ? this.#firstMissingText : { row, text: '' };
  }

  /** Whether the column was read as text but all cells that are not missing are truth values. */
  isBoolean(): boolean {
    return this.isText && this.#texts.length > 0 && !this.#overflowed && this.#texts.every(isTruthValue);
  }

  /** Counts the number cells, given as indices into the texts. */
  #countNumbers(segments: Iterable<Segment>): number {
    if (this.#numberPlaces.size === 0) return 0;
    let numbers = 0;
    for (const { cells } of segments) {
      for (const place of cells) if (this.#numberPlaces.has(place)) numbers++;
    }
    return numbers;
  }

  /** @param isExact whether the kernels found only whole numbers that are exact as doubles */
  finishNumbers(rows: number, isExact: boolean): NumberColumn {
    const numbers = rows - this.#missing - this.#others;
    // One missing cell turns an integer column of pandas into a column of doubles.
    const isLong = isExact && this.#wholeSoFar && numbers === rows;
    const type = isLong ? 'long' : 'double';
    return { ...this.#cells(), kind: 'number', type, numbers, others: this.#others };
  }

  /** @param segments the cells as indices into the texts */
  finishTexts(rows: number, segments: Iterable<Segment>): TextColumn {
    const numbers = this.#numbersBehind + this.#countNumbers(segments);
    const others = rows - this.#missing - numbers;
    const overflowed = this.#overflowed;
    return { ...this.#cells(), kind: 'text', numbers, others, texts: this.#texts, overflowed };
  }

  /** Replaces the text indices by truth values. There are few texts, so each index fits in a byte. */
  finishTruthValues(rows: number, segments: Iterable<Segment>): NumberColumn {
    const values = this.#texts.map(truthValue) as readonly number[];
    for (const { cells, missing } of segments) {
      for (const [row, place] of cells.entries()) if (place !== missing) cells[row] = values[place]!;
    }
    const counts = { numbers: rows - this.#missing, others: 0 };
    return { ...this.#cells(), ...counts, firstOther: undefined, kind: 'number', type: 'boolean' };
  }

  #cells() {
    return {
      name: this.name,
      missing: this.#missing,
      firstMissing: this.#firstMissing,
      firstInfinite: this.#firstInfinite,
      firstOther: this.#firstOther,
    };
  }
}

const isTruthValue = (text: string) => truthValue(text) !== undefined;

/** Digits after the point. -1 for a number with an exponent, which is then stored as a double. */
function decimalsOf(text: string): number {
  const number = text.trim();
  if (/[eE]/.test(number)) return -1;
  const point = number.search(/[.,]/);
  return point < 0 ? 0 : number.length - 1 - point;
}

function stageNumber(staged: StagedCells, at: number, value: number, decimals: number): void {
  const power = POWERS_OF_TEN[decimals];
  if (power !== undefined && !Object.is(value, -0)) {
    const mantissa = Math.round(value * power);
    if (mantissa > -STAGED_END - 1 && mantissa < STAGED_END && mantissa / power === value) {
      stageWord(staged, at, STAGED.number + decimals, mantissa);
      return;
    }
  }
  staged.doubles[at] = value;
}

function stageWord({ halves }: StagedCells, at: number, tag: number, number: number): true {
  halves[2 * at] = number;
  halves[2 * at + 1] = tag;
  return true;
}
