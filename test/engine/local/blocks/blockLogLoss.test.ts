import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readChunks } from '../../../../src/engine/local/blocks/chunks.ts';
import type { PackedNumericColumn } from '../../../../src/engine/local/blocks/numericColumn.ts';
import { MARKS } from '../../../../src/engine/local/blocks/partition.ts';
import type { NumericColumn } from '../../../../src/ml/frame.ts';
import { chunkLogLoss } from '../../../../src/ml/solvers/lossSums.ts';
import type { LossSums } from '../../../../src/ml/solvers/types.ts';
import { frameOf, sourcesOf } from '../../../support/blocks.ts';

interface Sums {
  readonly loss: number;
  readonly gradient: number[];
}

function sumsAt(sums: LossSums, w: readonly number[]): Sums {
  const gradient = new Float64Array(w.length).fill(7);
  const [loss] = sums.lossGradients([{ w: Float64Array.from(w), gradient }]);
  return { loss: loss!, gradient: [...gradient] };
}

interface Problem {
  readonly columns: number[][];
  readonly codes: number[];
  readonly marks: number[];
  readonly blockRows: number;
  readonly classWeights: number[];
  readonly w: number[];
}

/** 1 to 9 columns: the kernel sums four columns at a time, and then the remaining ones. The same holds for rows. */
const problems: fc.Arbitrary<Problem> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }))
  .chain(([d, n]) => {
    const fixed = <T>(of: fc.Arbitrary<T>, length: number) =>
      fc.array(of, { minLength: length, maxLength: length });
    const number = fc.oneof(
      fc.integer({ min: -40, max: 40 }),
      fc.integer({ min: -900, max: 900 }).map((x) => x / 300),
    );
    return fc.record({
      columns: fixed(fixed(number, n), d),
      codes: fixed(fc.integer({ min: 0, max: 1 }), n),
      marks: fixed(fc.constantFrom(...Object.values(MARKS)), n),
      blockRows: fc.integer({ min: 1, max: 45 }),
      classWeights: fixed(fc.constantFrom(0.5, 1, 3), 2),
      w: fixed(
        fc.integer({ min: -40, max: 40 }).map((x) => x / 32),
        d + 1,
      ),
    });
  });

/** The loss of a problem's training rows with scaled columns, by the kernel and by plain TypeScript on chunks. */
function bothWays({ columns, codes, marks, blockRows, classWeights, w }: Problem) {
  const { train } = sourcesOf(columns, { blockRows, keys: Uint8Array.from(marks) });
  const scaled = frameOf(train, columns.length).columns.map((column) => column.affine(0.1, 0.3));
  const own = Int32Array.from(codes.filter((_, i) => marks[i] === MARKS.train));
  const rows = { codes: own, classWeights: Float64Array.from(classWeights) };
  const notes = scaled.map((column) => (column as PackedNumericColumn).note);
  return {
    fast: train.withLogLoss(scaled, rows, (sums) => sumsAt(sums, w)),
    plain: readChunks(train.rowSet, notes, (chunks) => sumsAt(chunkLogLoss(chunks, rows), w)),
    lossAt: (at: readonly number[]) => train.withLogLoss(scaled, rows, (sums) => sumsAt(sums, at).loss),
    size: own.length,
  };
}

describe('the log loss of packed rows', () => {
  test('is the same as by plain TypeScript, and so is its gradient', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const { fast, plain } = bothWays(problem);
        expect(Math.abs(fast.loss - plain.loss)).toBeLessThanOrEqual(1e-14 * plain.loss);
        // Residuals of both signs cancel, so the tolerance depends on the size of the summands.
        const scale = 1e-14 * 5 * problem.codes.length * 3;
        fast.gradient.forEach((got, j) => {
          expect(Math.abs(got - plain.gradient[j]!), `derivative ${j}`).toBeLessThanOrEqual(scale);
        });
      }),
    );
  });

  test('has the gradient that finite differences give', () => {
    const step = 1e-5;
    fc.assert(
      fc.property(problems, (problem) => {
        const { fast, lossAt, size } = bothWays(problem);
        fast.gradient.forEach((got, j) => {
          const at = (move: number) => lossAt(problem.w.map((value, i) => (i === j ? value + move : value)));
          const expected = (at(step) - at(-step)) / (2 * step);
          expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-5 * Math.max(size, 1));
        });
      }),
      { numRuns: 40 },
    );
  });

  // One row, one parameter: the loss is log1p(exp(-z)), the derivative by the intercept -1 / (1 + exp(z)).
  test.each([0, 1e-300, 1e-9, 0.3, 0.7, 1, 2.5, 20, 36.7, 40, 300, 700, 708, 750, 1e6])(
    'at a score of %f',
    (z) => {
      const { train } = sourcesOf([[1]], { blockRows: 1 });
      const rows = { codes: Uint8Array.of(1), classWeights: new Float64Array([1, 1]) };
      train.withLogLoss(frameOf(train, 1).columns, rows, (sums) => {
        for (const score of [z, -z]) {
          const { loss, gradient } = sumsAt(sums, [0, score]);
          const e = Math.exp(-Math.abs(score));
          const expected = Math.max(-score, 0) + Math.log1p(e);
          // Beyond a score of 708, both values are nearly 0, and not exactly 0 here.
          expect(Math.abs(loss - expected)).toBeLessThanOrEqual(4 * Number.EPSILON * expected + 1e-307);
          const slope = (score > 0 ? e : 1) / (1 + e);
          expect(Math.abs(gradient[1]! + slope)).toBeLessThanOrEqual(4 * Number.EPSILON * slope + 1e-307);
        }
      });
    },
  );

  test.each([64 * 9, 64 * 3])('loses no digits in its sums, in blocks of %i rows', (blockRows) => {
    // The two large residuals at both ends cancel. By then, a plain sum has lost the small residuals between them.
    const n = 64 * 9;
    const isBetween = (i: number) => i >= 64 && i < n - 64;
    const x = Float64Array.from({ length: n }, (_, i) =>
      isBetween(i) ? 1 : i === 0 || i === n - 1 ? 1e20 : 0,
    );
    // The kernel sums four columns together, and the fifth by itself.
    const { train } = sourcesOf([x, x, x, x, x], { blockRows });
    const codes = Uint8Array.from(x, (_, i) => (i === n - 1 ? 1 : 0));
    const rows = { codes, classWeights: new Float64Array([1, 1]) };
    train.withLogLoss(frameOf(train, 5).columns, rows, (sums) => {
      const { gradient } = sumsAt(sums, [0, 0, 0, 0, 0, 0]);
      expect(gradient.slice(0, 5)).toEqual(new Array(5).fill((n - 128) / 2));
    });
  });

  test('is NaN if a parameter is NaN', () => {
    const { train } = sourcesOf([[1, 2, 3]], { blockRows: 2 });
    const rows = { codes: Uint8Array.of(1, 0, 1), classWeights: new Float64Array([1, 1]) };
    train.withLogLoss(frameOf(train, 1).columns, rows, (sums) => {
      expect(sumsAt(sums, [Number.NaN, 0])).toEqual({ loss: Number.NaN, gradient: [Number.NaN, Number.NaN] });
    });
  });

  test('has the second derivatives of plain TypeScript', () => {
    const columns: number[][] = Array.from({ length: 3 }, (_, j) =>
      Array.from({ length: 20 }, (_, i) => Math.sin(i * (j + 1))),
    );
    const { train } = sourcesOf(columns, { blockRows: 6 });
    const rows = {
      codes: Uint8Array.from(columns[0]!, (_, i) => i % 2),
      classWeights: new Float64Array([1, 2]),
    };
    const frame: NumericColumn[] = frameOf(train, 3).columns;
    const w = Float64Array.of(0.5, -1, 2, 0.1);
    const [fast, gradient] = [new Float64Array(16), new Float64Array(4)];
    train.withLogLoss(frame, rows, (sums) => {
      sums.hessian(w, fast);
      for (let j = 0; j < 4; j++) {
        const at = (move: number) => {
          sums.lossGradients([{ w: w.map((value, i) => (i === j ? value + move : value)), gradient }]);
          return gradient.slice();
        };
        const [right, left] = [at(1e-5), at(-1e-5)];
        for (let i = 0; i <= j; i++) {
          const ofSum = (right[i]! - left[i]!) / 2e-5;
          expect(fast[i * 4 + j]).toBeCloseTo(ofSum / sums.weightSum, 6);
        }
      }
    });
  });
});
