import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectNumber, expectNumbers } from './compare.ts';
import { type Design, doublesOf, plainDesign, rowsOf, scoreOf, writeDesign } from './designs.ts';
import { fixed, fixedProduct, fixedSum, fromFixed, ulp } from './exact.ts';
import { Room } from './room.ts';

const EPSILON = 2 ** -52;
/** Smaller doubles have fewer bits. */
const LEAST_NORMAL = 2 ** -1_022;
/** Rows whose products are added up before they join a sum that keeps its rounding error. */
const STRETCH_ROWS = 64;
const room = new Room();

/** Gives small whole numbers, so that every sum of products is exact. */
const small = (i: number) => ((i * 7_919) % 2_001) - 1_000;
const columnsOf = (count: number, rows: number, cell: (i: number) => number) =>
  Array.from({ length: count }, (_, j) => Array.from({ length: rows }, (_, row) => cell(j * rows + row + 1)));

/** Returns `X w + b` of the rows of a block, by `predictBlock`. */
function scores(design: Design, w: readonly number[]): Float64Array {
  return room.scope(() => {
    const { args, scratch } = writeDesign(room, design);
    const rows = design.spans[0]!.rows;
    const out = room.take(rows * 8);
    room.kernels.predictBlock(...args, room.put(Float64Array.from(w)), 1, 0, out, 0, 0, scratch);
    return room.doubles(out, rows).slice();
  });
}

describe('predictRows', () => {
  it('adds up columns by fours and one by one', () => {
    for (let count = 1; count <= 9; count++) {
      for (const rows of [1, 2, 3, 4, 5, 31, 32, 33]) {
        const design = plainDesign([doublesOf(...columnsOf(count, rows, small))]);
        const w = Array.from({ length: count + 1 }, (_, j) => 10 ** j + j);
        const x = rowsOf(design, 0);
        expectNumbers(
          (row) => `row ${row} of ${rows}, ${x[row]}, with weights ${w}`,
          scores(design, w),
          x.map((values) => scoreOf(values, w)),
        );
      }
    }
  });

  it('is right to the rounding of its sums', () => {
    const number = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    const sized = fc.tuple(fc.integer({ min: 1, max: 11 }), fc.integer({ min: 1, max: 40 }));
    const data = sized.chain(([count, rows]) =>
      fc.tuple(
        fc.array(fc.array(number, { minLength: rows, maxLength: rows }), {
          minLength: count,
          maxLength: count,
        }),
        fc.array(number, { minLength: count + 1, maxLength: count + 1 }),
      ),
    );
    fc.assert(
      fc.property(data, ([columns, w]) => {
        const design = plainDesign([doublesOf(...columns)]);
        const x = rowsOf(design, 0).map((row) => [...row, 1]);
        const terms = x.map((row) => row.map((value, j) => fixedProduct(fixed(value), fixed(w[j]!))));
        const size = (row: number) => x[row]!.reduce((sum, value, j) => sum + Math.abs(value * w[j]!), 0);
        expectNumbers(
          (row) => `${x[row]} with weights ${w}`,
          scores(design, w),
          terms.map((row) => fromFixed(row.reduce((sum, term) => sum + term, 0n))),
          (row) => w.length * EPSILON * size(row) + LEAST_NORMAL,
        );
      }),
      { numRuns: 100 },
    );
  });
});

/**
 * Returns for each column the sum over the rows of x times a residual, by `logLossOfBlock`.
 * With weights of 0 every score is 0, so residuals are 1 for rows of class 0 and -1 for rows of class 1.
 */
function columnSums(design: Design, codes: readonly number[]): number[] {
  return room.scope(() => {
    const { args, scratch } = writeDesign(room, design, 2);
    const nSums = design.notes.length + 2;
    const w = room.put(new Float64Array(design.notes.length + 1));
    const out = room.take(2 * nSums * 8);
    const [codesAt, weights] = [room.put(Uint8Array.from(codes)), room.put(Float64Array.of(2, 2))];
    room.kernels.logLossOfBlock(...args, codesAt, weights, w, 1, out, 0, scratch);
    const [sums, errors] = [room.doubles(out, nSums), room.doubles(out + nSums * 8, nSums)];
    return Array.from(sums.subarray(0, -1), (sum, j) => sum + errors[j]!);
  });
}

function exactColumnSums(design: Design, codes: readonly number[]): number[] {
  const x = rowsOf(design, 0).map((row) => [...row, 1]);
  return x[0]!.map((_, j) => fromFixed(fixedSum(x.map((row, i) => (codes[i] === 1 ? -row[j]! : row[j]!)))));
}

const codesOf = (rows: number) => Array.from({ length: rows }, (_, row) => Number(row % 3 === 1));

describe('addColumnDots', () => {
  it('adds up rows of columns by fours and one by one', () => {
    for (let count = 1; count <= 9; count++) {
      for (const rows of [1, 2, 3, 4, 5, 63, 64, 65, 131]) {
        const design = plainDesign([doublesOf(...columnsOf(count, rows, small))], 128);
        const codes = codesOf(rows);
        const input = (j: number) => `column ${j} of ${count} (the last: intercept), ${rows} rows`;
        expectNumbers(input, columnSums(design, codes), exactColumnSums(design, codes));
      }
    }
  });

  it('keeps what rounding takes from the sums of stretches', () => {
    // One number a stretch: 1e16 and 1 have no exact sum among doubles.
    const numbers = [1e16, 1, 3, -1e16, 0.5, 1e-3, 7e15, 1, -7e15];
    const rows = numbers.length * STRETCH_ROWS;
    for (let count = 1; count <= 9; count++) {
      const columns = columnsOf(count, rows, () => 0);
      for (const [j, column] of columns.entries()) {
        for (const [i, number] of numbers.entries()) column[i * STRETCH_ROWS + j] = number * (j + 1);
      }
      for (const chunkRows of [32, 256, 1_024]) {
        const design = plainDesign([doublesOf(...columns)], chunkRows);
        const codes = Array<number>(rows).fill(0);
        const expected = exactColumnSums(design, codes);
        const input = (j: number) =>
          `column ${j} of ${count}, chunks of ${chunkRows}, the numbers ${numbers}`;
        expectNumbers(input, columnSums(design, codes), expected, (j) => 2 * ulp(expected[j]!));
      }
    }
  });

  it('adds to the sums of the chunks before', () => {
    const design = plainDesign([doublesOf(...columnsOf(5, 200, small))], 32);
    const codes = codesOf(200);
    const [last] = columnSums(design, codes).slice(-1);
    expectNumber('the intercept: rows of class 0 less those of class 1', last!, 200 - 2 * 67);
    expectNumbers((j) => `column ${j}`, columnSums(design, codes), exactColumnSums(design, codes));
  });
});
