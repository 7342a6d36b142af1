import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readChunks } from '../../../../src/engine/local/blocks/chunks.ts';
import type { PackedNumericColumn } from '../../../../src/engine/local/blocks/numericColumn.ts';
import { MARKS } from '../../../../src/engine/local/blocks/partition.ts';
import { chunkNewtonSums, type NewtonSums } from '../../../../src/ml/solvers/newtonSums.ts';
import { frameOf, sourcesOf } from '../../../support/blocks.ts';

const TOLERANCE = 1e-13;

interface Problem {
  readonly columns: number[][];
  readonly codes: number[];
  readonly marks: number[];
  readonly blockRows: number;
  readonly w: number[];
}

const problems: fc.Arbitrary<Problem> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }))
  .chain(([d, n]) => {
    const fixed = <T>(of: fc.Arbitrary<T>, length: number) =>
      fc.array(of, { minLength: length, maxLength: length });
    return fc.record({
      columns: fixed(
        fixed(
          fc.integer({ min: -900, max: 900 }).map((x) => x / 300),
          n,
        ),
        d,
      ),
      codes: fixed(fc.nat(1), n),
      marks: fixed(fc.constantFrom(...Object.values(MARKS)), n),
      blockRows: fc.integer({ min: 1, max: 45 }),
      w: fixed(
        fc.integer({ min: -40, max: 40 }).map((x) => x / 32),
        d + 1,
      ),
    });
  });

/** The upper triangle is all that is written. */
function at(sums: NewtonSums, w: readonly number[]) {
  const n = w.length;
  const [gradient, hessian] = [new Float64Array(n).fill(7), new Float64Array(n * n)];
  const loss = sums.evaluate(Float64Array.from(w), gradient, hessian);
  const upper = [...hessian].filter((_, place) => place % n >= Math.floor(place / n));
  return { loss, gradient: [...gradient], upper };
}

function bothWays({ columns, codes, marks, blockRows, w }: Problem) {
  const { train } = sourcesOf(columns, { blockRows, keys: Uint8Array.from(marks) });
  const scaled = frameOf(train, columns.length).columns.map((column) => column.affine(0.1, 0.3));
  const own = Uint8Array.from(codes.filter((_, i) => marks[i] === MARKS.train));
  const notes = scaled.map((column) => (column as PackedNumericColumn).note);
  return {
    fast: (v: readonly number[]) => train.withNewtonSums(scaled, own, (sums) => at(sums, v)),
    plain: readChunks(train.rowSet, notes, (chunks) => at(chunkNewtonSums(chunks, own), w)),
  };
}

describe('loss, gradient and Hessian of packed rows', () => {
  test('are the same as by plain TypeScript', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const { fast, plain } = bothWays(problem);
        const got = fast(problem.w);
        const size = TOLERANCE * problem.codes.length;
        expect(Math.abs(got.loss - plain.loss)).toBeLessThanOrEqual(size * 10);
        for (const part of ['gradient', 'upper'] as const) {
          expect(got[part].length).toBe(plain[part].length);
          for (const [i, value] of got[part].entries()) {
            expect(Math.abs(value - plain[part][i]!), `${part} ${i}`).toBeLessThanOrEqual(size);
          }
        }
      }),
    );
  });

  test('are derivatives of each other', () => {
    const step = 1e-5;
    fc.assert(
      fc.property(problems, (problem) => {
        const { fast } = bothWays(problem);
        const moved = (j: number, by: number) => fast(problem.w.map((v, i) => (i === j ? v + by : v)));
        const { gradient, upper } = fast(problem.w);
        const size = 1e-5 * problem.codes.length;
        let place = 0;
        for (let i = 0; i < problem.w.length; i++) {
          const [right, left] = [moved(i, step), moved(i, -step)];
          expect(Math.abs(gradient[i]! - (right.loss - left.loss) / (2 * step))).toBeLessThanOrEqual(size);
          for (let j = i; j < problem.w.length; j++, place++) {
            const slope = (right.gradient[j]! - left.gradient[j]!) / (2 * step);
            expect(Math.abs(upper[place]! - slope)).toBeLessThanOrEqual(size);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
