import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toMatrix } from '../../../src/ml/matrix.ts';
import { CHUNK_ROWS } from '../../../src/ml/solvers/kernels.ts';
import { LinearLoss } from '../../../src/ml/solvers/linearLoss.ts';
import { chunkLogLoss } from '../../../src/ml/solvers/lossSums.ts';
import { denseChunks } from '../../../src/ml/solvers/rowChunks.ts';

interface Problem {
  readonly rows: number[][];
  readonly codes: number[];
  readonly classWeights: number[];
  readonly l2: number;
  readonly w: number[];
}

/** 1 to 6 features, so both occur: columns in groups of four, and single columns. */
function problems(nClasses: number): fc.Arbitrary<Problem> {
  const number = fc.integer({ min: -40, max: 40 }).map((value) => value / 16);
  return fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 9 })).chain(([d, n]) => {
    const nParameters = (nClasses === 2 ? 1 : nClasses) * (d + 1);
    const fixed = <T>(of: fc.Arbitrary<T>, length: number) =>
      fc.array(of, { minLength: length, maxLength: length });
    return fc.record({
      rows: fixed(fixed(number, d), n),
      codes: fixed(fc.integer({ min: 0, max: nClasses - 1 }), n),
      classWeights: fixed(fc.constantFrom(0.5, 1, 3), nClasses),
      l2: fc.constantFrom(0, 0.1, 2),
      w: fixed(number, nParameters),
    });
  });
}

function lossOf({ rows, codes, classWeights, l2 }: Problem): LinearLoss {
  const weighted = { codes: Int32Array.from(codes), classWeights: Float64Array.from(classWeights) };
  return new LinearLoss(chunkLogLoss(denseChunks(toMatrix(rows)), weighted), l2);
}

function gradientAt(loss: LinearLoss, w: ArrayLike<number>): Float64Array {
  const gradient = new Float64Array(loss.nParameters);
  loss.lossGradient(Float64Array.from(w), gradient);
  return gradient;
}

/** The objective by its definition, row by row. */
function plainLoss({ rows, codes, classWeights, l2, w }: Problem): number {
  const d = rows[0]!.length;
  const outputs = Array.from({ length: w.length / (d + 1) }, (_, k) =>
    w.slice(k * (d + 1), (k + 1) * (d + 1)),
  );
  let [sum, weightSum, penalty] = [0, 0, 0];
  rows.forEach((row, i) => {
    const scores = outputs.map((output) => row.reduce((z, x, j) => z + x * output[j]!, output[d]!));
    const all = scores.length === 1 ? [0, scores[0]!] : scores;
    const weight = classWeights[codes[i]!]!;
    sum += weight * (Math.log(all.reduce((total, z) => total + Math.exp(z), 0)) - all[codes[i]!]!);
    weightSum += weight;
  });
  for (const output of outputs) for (const value of output.slice(0, d)) penalty += value * value;
  return sum / weightSum + 0.5 * l2 * penalty;
}

const STEP = 1e-5;

/** Central difference of `of` with respect to parameter i. */
function difference(of: (w: number[]) => number, w: readonly number[], i: number): number {
  const at = (step: number) => of(w.map((value, j) => (j === i ? value + step : value)));
  return (at(STEP) - at(-STEP)) / (2 * STEP);
}

describe.each([2, 3, 5])('LinearLoss of %i classes', (nClasses) => {
  test('is the mean log loss plus the penalty', () => {
    fc.assert(
      fc.property(problems(nClasses), (problem) => {
        const loss = lossOf(problem);
        const got = loss.lossGradient(Float64Array.from(problem.w), new Float64Array(loss.nParameters));
        expect(got).toBeCloseTo(plainLoss(problem), 11);
      }),
    );
  });

  test('has the gradient of finite differences', () => {
    fc.assert(
      fc.property(problems(nClasses), (problem) => {
        const gradient = gradientAt(lossOf(problem), problem.w);
        gradient.forEach((got, i) => {
          expect(got).toBeCloseTo(
            difference((w) => plainLoss({ ...problem, w }), problem.w, i),
            6,
          );
        });
      }),
    );
  });

  test('has the second derivatives of finite differences of the gradient', () => {
    fc.assert(
      fc.property(problems(nClasses), (problem) => {
        const loss = lossOf(problem);
        const n = loss.nParameters;
        const hessian = new Float64Array(n * n).fill(7);
        expect(loss.hessian(Float64Array.from(problem.w), hessian)).toBe(0);
        for (let i = 0; i < n; i++) {
          for (let j = i; j < n; j++) {
            const expected = difference((w) => gradientAt(loss, w)[j]!, problem.w, i);
            expect(hessian[i * n + j], `second derivative by ${i} and ${j}`).toBeCloseTo(expected, 6);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

test('counts rows after the first chunk like the others', () => {
  const some = Array.from({ length: 7 }, (_, i) => [Math.sin(i), i / 7]);
  const times = CHUNK_ROWS;
  const many = Array.from({ length: times }, () => some).flat();
  const base = { classWeights: [1, 1], l2: 0.1, w: [0.4, -1, 0.2] };
  const codesOf = (n: number) => Array.from({ length: n }, (_, i) => (i % 7) % 2);
  const few = lossOf({ ...base, rows: some, codes: codesOf(7) });
  const all = lossOf({ ...base, rows: many, codes: codesOf(7 * times) });
  gradientAt(all, base.w).forEach((got, i) => {
    expect(got).toBeCloseTo(gradientAt(few, base.w)[i]!, 14);
  });
  const [hessianOfFew, hessianOfAll] = [few, all].map((loss) => {
    const hessian = new Float64Array(9);
    loss.hessian(Float64Array.from(base.w), hessian);
    return hessian;
  });
  hessianOfAll!.forEach((got, i) => {
    expect(got).toBeCloseTo(hessianOfFew![i]!, 14);
  });
});

test('scores far from the boundary neither overflow nor lose small losses', () => {
  const problem = { rows: [[900], [-900], [40]], codes: [1, 1, 1], classWeights: [1, 1], l2: 0, w: [1, 0] };
  const gradient = new Float64Array(2);
  const loss = lossOf(problem).lossGradient(Float64Array.from(problem.w), gradient);
  expect(loss).toBe((900 + Math.exp(-40)) / 3);
  expect([...gradient]).toEqual([300 - (40 * Math.exp(-40)) / (1 + Math.exp(-40)) / 3, -1 / 3]);
  expect(lossOf(problem).hessian(Float64Array.from(problem.w), new Float64Array(4))).toBeCloseTo(2 / 3, 15);
});
