import { FIRST_WORD, NO_VALUE, STAGED, STAGED_END } from '../kernels/scanLayout.ts';
import { isLarge, isWhole, type MissingTexts, truthValue } from './column.ts';
import { DOUBT, SHAPES, shapesOf } from './numberShapes.ts';
import type { NumberSigns } from './numberSigns.ts';
import { POWERS_OF_TEN, type Segment } from './segments.ts';
import { type Cell, type ColumnNotes, type NumberColumn, TEXTS_MAX, type TextColumn } from './table.ts';

/** More rows of cells that are not numbers are not kept: such a column is text, or an error. */
const OTHER_ROWS_MAX = 1 << 16;
/** Texts of such cells that are kept for messages. */
const OTHER_TEXTS_MAX = 1_000;

/** Counts of one column in one block. */
export interface Sealed {
  readonly missing: number;
  readonly others: number;
  /** Row of the first missing cell, if there is one. */
  readonly firstMissing: number;
  /** Missing cells that hold the column's first text for missing. */
  readonly words: number;
}

/** What the kernels found in a column's numbers. */
export interface NumberMarks {
  readonly isNotWhole: boolean;
  readonly isLarge: boolean;
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
  readonly #signs: NumberSigns;
  readonly #missingTexts: MissingTexts;
  readonly #texts: string[] = [];
  readonly #places = new Map<string, number>();
  /** Indices of texts that are numbers, and of texts that a number column takes for missing. */
  readonly #numberPlaces = new Set<number>();
  readonly #paddedPlaces = new Set<number>();
  /** Such cells after the first `TEXTS_MAX` different texts. */
  #numbersBehind = 0;
  #paddedBehind = 0;
  #overflowed = false;
  #wholeSoFar = true;
  #isLarge = false;
  #shapes = 0;
  #otherRows: number[] | undefined = [];
  readonly #otherTexts: string[] = [];
  #onlyOther: string | undefined;
  #hasOtherTexts = false;
  #missing = 0;
  #others = 0;
  #missingText: string | undefined;
  #missingTextRows = 0;
  #firstMissing: Cell | undefined;
  #firstMissingText: Cell | undefined;
  #firstInfinite: Cell | undefined;
  #firstOther: Cell | undefined;
  #firstDoubt: Cell | undefined;

  constructor(name: string, isText: boolean, signs: NumberSigns, missingTexts: MissingTexts) {
    this.name = name;
    this.isText = isText;
    this.#signs = signs;
    this.#missingTexts = missingTexts;
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
    const plain = this.#signs.plain(text);
    const value = this.#signs.numberOf(plain);
    const isNumber = !Number.isNaN(value);
    if (this.#meansMissing(text, isNumber)) return this.#stageMissing({ row, text }, staged, at);
    if (isNumber) this.#noteNumber({ row, text }, plain, value);
    else this.#noteOther({ row, text }, plain);
    if (this.isText) return this.#stageText(text, isNumber, staged, at);
    if (isNumber) stageNumber(staged, at, value, decimalsOf(plain));
    else this.#stageOther({ row, text }, staged, at);
    return false;
  }

  /** In a column of numbers, numbers that mean missing are found when the column is complete. */
  #meansMissing(text: string, isNumber: boolean): boolean {
    if (isNumber) return this.isText && this.#missingTexts.has(text);
    return this.isText ? this.#missingTexts.has(text) : this.#missingTexts.hasPadded(text);
  }

  #stageMissing(cell: Cell, staged: StagedCells, at: number): true {
    this.#firstMissingText ??= cell;
    if (cell.text.trim() !== '') this.#missingText ??= cell.text;
    return stageWord(staged, at, STAGED.missing, cell.text === this.#missingText ? FIRST_WORD : NO_VALUE);
  }

  #noteNumber(cell: Cell, plain: string, value: number): void {
    if (!Number.isFinite(value)) this.#firstInfinite ??= cell;
    this.#wholeSoFar &&= isWhole(plain, value);
    this.#isLarge ||= isLarge(plain, value);
  }

  #noteOther(cell: Cell, plain: string): void {
    this.#firstOther ??= cell;
    const shapes = /[.,]/.test(plain) ? shapesOf(plain) : SHAPES.other;
    this.#shapes |= shapes;
    if ((shapes & DOUBT) !== 0) this.#firstDoubt ??= cell;
    const text = cell.text.trim();
    this.#onlyOther ??= text;
    this.#hasOtherTexts ||= this.#onlyOther !== text;
  }

  #stageOther({ row, text }: Cell, staged: StagedCells, at: number): void {
    this.#otherRows?.push(row);
    if (this.#otherTexts.length < OTHER_TEXTS_MAX) this.#otherTexts.push(text);
    if (this.#otherRows?.length === OTHER_ROWS_MAX) this.#otherRows = undefined;
    stageWord(staged, at, STAGED.other, NO_VALUE);
  }

  #stageText(text: string, isNumber: boolean, staged: StagedCells, at: number): boolean {
    const isPadded = !isNumber && this.#missingTexts.hasPadded(text);
    const place = this.#texts.length;
    if (place === TEXTS_MAX) {
      this.#overflowed = true;
      if (isNumber) this.#numbersBehind++;
      if (isPadded) this.#paddedBehind++;
      stageWord(staged, at, STAGED.other, NO_VALUE);
      return false;
    }
    this.#texts.push(text);
    this.#places.set(text, place);
    if (isNumber) this.#numberPlaces.add(place);
    if (isPadded) this.#paddedPlaces.add(place);
    return stageWord(staged, at, STAGED.number, place);
  }

  /** Adds the counts of one block. @param firstRow the block's first row in the table */
  add({ missing, others, firstMissing, words }: Sealed, firstRow: number): void {
    this.#missing += missing;
    this.#others += others;
    this.#missingTextRows += words;
    if (missing === 0 || this.#firstMissing !== undefined) return;
    const row = firstRow + firstMissing;
    // For empty cells the kernels report only that they are missing.
    this.#firstMissing = this.#firstMissingText?.row === row ? this.#firstMissingText : { row, text: '' };
  }

  /** Makes more cells missing: numbers that mean missing. */
  addMissing(cells: number, first: Cell): void {
    this.#missing += cells;
    const row = this.#firstMissing?.row ?? Number.POSITIVE_INFINITY;
    if (first.row < row) this.#firstMissing = first;
  }

  /** Whether the column was read as text but all cells that are not missing are truth values. */
  isBoolean(): boolean {
    return this.isText && this.#texts.length > 0 && !this.#overflowed && this.#texts.every(isTruthValue);
  }

  /** @param marks what the kernels found */
  finishNumbers(rows: number, marks: NumberMarks): NumberColumn {
    const numbers = rows - this.#missing - this.#others;
    const notes = this.#notes(marks, 0);
    // One missing cell turns an integer column of pandas into a column of doubles.
    const type = notes.isWhole && numbers === rows ? 'long' : 'double';
    return { ...this.#cells(), kind: 'number', type, numbers, others: this.#others, notes };
  }

  /** @param segments the cells as indices into the texts */
  finishTexts(rows: number, segments: Iterable<Segment>): TextColumn {
    const found = this.#countPlaces(segments);
    const numbers = this.#numbersBehind + found.numbers;
    const others = rows - this.#missing - numbers;
    const notes = this.#notes(NO_MARKS, this.#paddedBehind + found.padded);
    const overflowed = this.#overflowed;
    return { ...this.#cells(), kind: 'text', numbers, others, texts: this.#texts, overflowed, notes };
  }

  /** Counts the cells, given as indices into the texts, that are numbers or that a number column takes for missing. */
  #countPlaces(segments: Iterable<Segment>): { readonly numbers: number; readonly padded: number } {
    let [numbers, padded] = [0, 0];
    if (this.#numberPlaces.size + this.#paddedPlaces.size === 0) return { numbers, padded };
    for (const { cells } of segments) {
      for (const place of cells) {
        if (this.#numberPlaces.has(place)) numbers++;
        else if (this.#paddedPlaces.has(place)) padded++;
      }
    }
    return { numbers, padded };
  }

  /** Replaces the text indices by truth values. There are few texts, so each index fits in a byte. */
  finishTruthValues(rows: number, segments: Iterable<Segment>): NumberColumn {
    const values = this.#texts.map(truthValue) as readonly number[];
    for (const { cells, missing } of segments) {
      for (const [row, place] of cells.entries()) if (place !== missing) cells[row] = values[place]!;
    }
    const counts = { numbers: rows - this.#missing, others: 0 };
    const notes = { ...this.#notes(NO_MARKS, 0), shapes: 0, onlyOther: undefined };
    return { ...this.#cells(), ...counts, firstOther: undefined, kind: 'number', type: 'boolean', notes };
  }

  #notes(marks: NumberMarks, padded: number): ColumnNotes {
    const text = this.#missingText;
    return {
      isWhole: this.#wholeSoFar && !marks.isNotWhole,
      isLarge: this.#isLarge || marks.isLarge,
      shapes: this.#shapes,
      firstDoubt: this.#firstDoubt,
      padded,
      otherRows: this.#otherRows,
      otherTexts: this.#otherTexts,
      onlyOther: this.#hasOtherTexts ? undefined : this.#onlyOther,
      missingText: text === undefined ? undefined : { text, rows: this.#missingTextRows },
    };
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

const NO_MARKS: NumberMarks = { isNotWhole: false, isLarge: false };

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
