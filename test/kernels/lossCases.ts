import fc from 'fast-check';
import { type Design, doublesOf, plainDesign, rowsOf, scoreOf } from './designs.ts';
import { fixed, fromFixed } from './exact.ts';
import { doubleSegment, type Segment, wholeSegment } from './tables.ts';

const EPSILON = 2 ** -52;
/** Units in the last place by which a row's loss or derivative may be wrong, with the additions of a stretch of rows. */
const ULPS = 22;
/** Smaller doubles have fewer bits. */
const LEAST_NORMAL = 2 ** -1_022;
/** Rows of a design for the kernels that sum up the log loss. */
export interface Rows {
  /** The class of each row of the part: 0 or 1. */
  readonly codes: readonly number[];
  /** The weights of a row of class 0 and of class 1. */
  readonly weights: readonly [number, number];
  /** A weight for each column, and the intercept last. */
  readonly w: readonly number[];
}

/** Sums up row by row: the derivatives by the weights, the derivative by the intercept, the loss. */
export function plainLogLoss(design: Design, span: number, { codes, weights, w }: Rows) {
  const before = design.spans.slice(0, span).reduce((sum, { rows }) => sum + rows, 0);
  const sums = Array<bigint>(w.length + 1).fill(0n);
  const sizes = Array<number>(w.length + 1).fill(0);
  for (const [row, x] of rowsOf(design, span).entries()) {
    const code = codes[before + row] as 0 | 1;
    const score = scoreOf(x, w);
    const size = x.reduce((sum, value, j) => sum + Math.abs(value * w[j]!), Math.abs(w.at(-1)!));
    const margin = code === 1 ? score : -score;
    const loss = Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
    const slope = (code === 1 ? -1 : 1) / (1 + Math.exp(margin));
    for (const [j, term] of [...x.map((value) => value * slope), slope, loss].entries()) {
      const weighted = weights[code] * term;
      sums[j]! += fixed(weighted);
      // The rounding error of a score moves a loss by at most as much, and a derivative by less.
      const moved = j < x.length ? Math.abs(x[j]!) : 1;
      sizes[j]! += ULPS * Math.abs(weighted) + weights[code] * moved * size * w.length;
    }
  }
  return { sums: sums.map(fromFixed), tolerances: sizes.map((size) => size * EPSILON + LEAST_NORMAL) };
}

/** Sums up the second derivatives row by row: the upper triangle, the intercept's row and column last. */
export function plainHessian(design: Design, span: number, { codes, weights, w }: Rows) {
  const before = design.spans.slice(0, span).reduce((sum, { rows }) => sum + rows, 0);
  const length = (w.length * (w.length + 1)) / 2;
  const sums = Array<bigint>(length).fill(0n);
  const sizes = Array<number>(length).fill(0);
  for (const [row, x] of rowsOf(design, span).entries()) {
    const size = x.reduce((sum, value, j) => sum + Math.abs(value * w[j]!), Math.abs(w.at(-1)!));
    const e = Math.exp(-Math.abs(scoreOf(x, w)));
    const curvature = weights[codes[before + row] as 0 | 1] * (e / (1 + e) ** 2);
    const all = [...x, 1];
    let at = 0;
    for (let i = 0; i < all.length; i++) {
      for (let j = i; j < all.length; j++, at++) {
        const product = all[i]! * all[j]!;
        sums[at]! += fixed(curvature * product);
        // The rounding error of a score moves a second derivative by at most as much.
        sizes[at]! += (ULPS + size * w.length) * Math.abs(curvature * product);
        // The kernel's exponential is not below the least normal double.
        sizes[at]! += (Math.abs(product) * LEAST_NORMAL * 4) / EPSILON;
      }
    }
  }
  return { sums: sums.map(fromFixed), tolerances: sizes.map((size) => size * EPSILON + LEAST_NORMAL) };
}

const one = (x: number[], codes: number[], w = [1, 0], weights: [number, number] = [1, 1]) =>
  [plainDesign([doublesOf(x)]), { codes, w, weights }] as const;

/** Designs and rows, small enough to see what is wrong. */
export const LOSS_CASES: [string, readonly [Design, Rows]][] = [
  ['one row of class 0', one([1], [0])],
  ['one row of class 1', one([1], [1])],
  ['two rows', one([1, -2], [0, 1])],
  ['three rows', one([1, -2, 3], [0, 1, 1])],
  ['four rows', one([1, -2, 3, 0.5], [0, 1, 1, 0])],
  ['five rows', one([1, -2, 3, 0.5, -7], [0, 1, 1, 0, 0])],
  ['a score of 0', one([0, 0], [0, 1])],
  ['an intercept', one([1, 2], [0, 1], [0, 3])],
  ['a weight', one([1, 2], [0, 1], [-2.5, 0.25])],
  ['weights of the classes', one([1, 2, -1], [0, 1, 0], [1, 0], [0.25, 3])],
  ['scores that are certain', one([800, -800, 1e6], [1, 0, 0])],
  ['scores that are certain and wrong', one([800, -800], [0, 1])],
];

/** Designs of two blocks of several kinds of columns, with spans in any order and of any length, and their rows. */
export function lossProblems(): fc.Arbitrary<[Design, Rows]> {
  const rows = 90;
  const column = fc.oneof(
    wholeSegment('int8', rows, 1),
    wholeSegment('int16', rows, 4),
    doubleSegment(rows).map((segment): Segment => ({ ...segment, cells: segment.cells.map((x) => x % 100) })),
  );
  const block = fc.array(column, { minLength: 3, maxLength: 3 });
  const note = fc.record({
    column: fc.nat(2),
    mayBeMissing: fc.constant(true),
    fill: fc.constantFrom(0, -1.5),
    scale: fc.constantFrom(1, 0.01),
  });
  const number = fc.double({ min: -3, max: 3, noNaN: true });
  const span = fc.record({ block: fc.nat(1), first: fc.nat(20), rows: fc.nat(70) });
  const rowsOfPart = (nNotes: number) =>
    fc.record({
      codes: fc.array(fc.nat(1), { minLength: 280, maxLength: 280 }),
      weights: fc.constantFrom<[number, number]>([1, 1], [0.7, 2.25]),
      w: fc.array(number, { minLength: nNotes + 1, maxLength: nNotes + 1 }),
    });
  return fc.integer({ min: 1, max: 6 }).chain((nNotes) =>
    fc.tuple(
      fc.record({
        blocks: fc.tuple(block, block),
        notes: fc.array(note, { minLength: nNotes, maxLength: nNotes }),
        spans: fc.array(span, { minLength: 1, maxLength: 4 }),
        chunkRows: fc.constantFrom(8, 32, 256),
      }),
      rowsOfPart(nNotes),
    ),
  );
}
