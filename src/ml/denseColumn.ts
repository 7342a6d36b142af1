import { compareCodePoints } from '../python/codePoints.ts';
import { CompensatedSum } from './compensatedSum.ts';
import { ValueError } from './errors.ts';
import type { Input, Transformed } from './estimator.ts';
import type { Frame, NumericColumn, TextColumn } from './frame.ts';
import { frameToMatrix, isFrame, toMatrix } from './matrix.ts';

/** A text from the caller. null, undefined and the empty text are missing, like an empty cell of a file. */
export type TextValue = string | null | undefined;

const MISSING = -1;

/** Numbers in an array. NaN marks a missing value. */
export class DenseNumericColumn implements NumericColumn {
  readonly kind = 'numeric';
  readonly #values: Float64Array;
  #nMissing: number | undefined;

  readonly name: string | undefined;

  /** @param values kept without a copy, and never changed */
  constructor(values: Float64Array, name?: string) {
    this.#values = values;
    this.name = name;
  }

  get nSamples(): number {
    return this.#values.length;
  }

  get nMissing(): number {
    if (this.#nMissing === undefined) {
      this.#nMissing = 0;
      for (const value of this.#values) if (Number.isNaN(value)) this.#nMissing++;
    }
    return this.#nMissing;
  }

  range(): { readonly min: number; readonly max: number } {
    const values = this.#values;
    const first = values.findIndex((value) => !Number.isNaN(value));
    let min = first < 0 ? Number.NaN : values[first]!;
    let max = min;
    // Comparisons with NaN are false, so this loop skips NaN.
    for (let i = first + 1; i < values.length; i++) {
      const value = values[i]!;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    return { min, max };
  }

  mean(): number {
    const sum = new CompensatedSum();
    for (const value of this.#values) if (!Number.isNaN(value)) sum.add(value);
    return sum.over(this.nSamples - this.nMissing);
  }

  median(): number {
    const sorted = this.#sorted();
    if (sorted.length === 0) return Number.NaN;
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  }

  mostFrequent(): number {
    const sorted = this.#sorted();
    let best = Number.NaN;
    let bestRows = 0;
    for (let start = 0, end = 0; start < sorted.length; start = end) {
      while (end < sorted.length && sorted[end] === sorted[start]) end++;
      if (end - start <= bestRows) continue;
      best = sorted[start]!;
      bestRows = end - start;
    }
    return best;
  }

  fill(value: number): NumericColumn {
    if (this.nMissing === 0) return this;
    return this.#with(this.#values.map((one) => (Number.isNaN(one) ? value : one)));
  }

  // Plain loops, because a callback for each value takes three times as long on a million rows.

  affine(scale: number, offset: number): NumericColumn {
    const mapped = new Float64Array(this.#values.length);
    for (let i = 0; i < mapped.length; i++) mapped[i] = this.#values[i]! * scale + offset;
    return this.#with(mapped);
  }

  clip(low: number, high: number): NumericColumn {
    const clipped = new Float64Array(this.#values.length);
    for (let i = 0; i < clipped.length; i++) clipped[i] = Math.min(Math.max(this.#values[i]!, low), high);
    return this.#with(clipped);
  }

  toArray(): Float64Array {
    return this.#values;
  }

  #with(values: Float64Array): DenseNumericColumn {
    return new DenseNumericColumn(values, this.name);
  }

  /** Returns a sorted copy without the missing values, which `sort` puts last. */
  #sorted(): Float64Array {
    return this.#values.toSorted().subarray(0, this.nSamples - this.nMissing);
  }
}

/** Texts as indices into a list of different texts. -1 marks a missing text. */
export class DenseTextColumn implements TextColumn {
  readonly kind = 'text';
  readonly #codes: Int32Array;
  readonly #texts: readonly string[];

  /**
   * Keeps both arrays without a copy and never changes them.
   * @param codes one a row: an index into `texts`, or -1
   * @param texts different texts, in any order
   */
  constructor(codes: Int32Array, texts: readonly string[]) {
    this.#codes = codes;
    this.#texts = texts;
  }

  static of(values: readonly TextValue[]): DenseTextColumn {
    const places = new Map<string, number>();
    const codes = Int32Array.from(values, (value) => {
      if (value === undefined || value === null || value === '') return MISSING;
      const place = places.get(value) ?? places.size;
      places.set(value, place);
      return place;
    });
    return new DenseTextColumn(codes, [...places.keys()]);
  }

  get nSamples(): number {
    return this.#codes.length;
  }

  get nMissing(): number {
    let missing = 0;
    for (const code of this.#codes) if (code === MISSING) missing++;
    return missing;
  }

  counts(): ReadonlyMap<string, number> {
    const rows = new Uint32Array(this.#texts.length);
    for (const code of this.#codes) if (code !== MISSING) rows[code]!++;
    const counted = this.#texts.map((text, code) => [text, rows[code]!] as const).filter(([, n]) => n > 0);
    return new Map(counted.sort(([a], [b]) => compareCodePoints(a, b)));
  }

  fill(text: string): TextColumn {
    if (this.nMissing === 0) return this;
    const found = this.#texts.indexOf(text);
    const filler = found < 0 ? this.#texts.length : found;
    const codes = this.#codes.map((code) => (code === MISSING ? filler : code));
    return new DenseTextColumn(codes, found < 0 ? [...this.#texts, text] : this.#texts);
  }

  indicator(text: string): NumericColumn {
    const wanted = this.#texts.indexOf(text);
    const ones = new Float64Array(this.#codes.length);
    if (wanted >= 0) for (let i = 0; i < ones.length; i++) if (this.#codes[i] === wanted) ones[i] = 1;
    return new DenseNumericColumn(ones);
  }
}

/**
 * Returns X itself if X is a frame, else its columns as a frame.
 * @param options as for `toMatrix`
 * @throws ValueError if there is no row or no column, if columns or rows differ in length, and as `toMatrix`
 */
export function toFrame(X: Input, options?: { readonly allowMissing?: boolean }): Frame {
  if (isFrame(X)) return checkFrame(X);
  const { nSamples, columns } = toMatrix(X, options);
  return { nSamples, columns: columns.map((column) => new DenseNumericColumn(column)) };
}

/** Converts the result of a transformation to the kind of X: frame or matrix. */
export function likeInput<X extends Input>(X: X, frame: Frame): Transformed<X> {
  return (isFrame(X) ? frame : frameToMatrix(frame)) as Transformed<X>;
}

function checkFrame(frame: Frame): Frame {
  const { nSamples, columns } = frame;
  if (nSamples === 0 || columns.length === 0) {
    throw new ValueError(
      `Found frame with shape (${nSamples}, ${columns.length}): at least one row and one column are needed.`,
    );
  }
  const odd = columns.findIndex((column) => column.nSamples !== nSamples);
  if (odd < 0) return frame;
  throw new ValueError(
    `Column ${odd} has ${columns[odd]!.nSamples} values, but nSamples is ${nSamples}: make them equal.`,
  );
}
