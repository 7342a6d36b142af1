import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Matrix } from '../../../src/ml/matrix.ts';
import { LinearLoss } from '../../../src/ml/solvers/linearLoss.ts';
import { chunkLogLoss } from '../../../src/ml/solvers/lossSums.ts';
import { denseChunks } from '../../../src/ml/solvers/rowChunks.ts';
import type { RowChunks } from '../../../src/ml/solvers/types.ts';

/** Second derivatives by scikit-learn. See test/fixtures/parity/make_newton.py. */
interface Fixture {
  readonly hessians: readonly {
    readonly rows: number;
    readonly columns: number;
    readonly classes: number;
    /** Upper triangle in scikit-learn's order: all classes of the first column first. */
    readonly hessian: readonly (readonly number[])[];
  }[];
}

const path = new URL('../../fixtures/parity/newton.json.gz', import.meta.url);
const { hessians } = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as Fixture;

/** Zeros and ones, by the formula of the generator. */
function columnsOf(rows: number, columns: number): Matrix {
  const value = (r: number, j: number) =>
    (r * 31 + j * 17 + ((r * j) % 7) + ((r * r) % 11)) % 10 < 3 ? 1 : 0;
  return {
    nSamples: rows,
    nFeatures: columns,
    columns: Array.from({ length: columns }, (_, j) =>
      Float64Array.from({ length: rows }, (_x, r) => value(r, j)),
    ),
  };
}

/** Chunks of rows of all sizes, as a table has them whose blocks are no multiples of anything. */
function unevenChunks(matrix: Matrix): RowChunks {
  const chunks = denseChunks(matrix);
  return {
    ...chunks,
    read: (start, rowsMax = 512) => chunks.read(start, Math.min(rowsMax, 1 + (start % 97))),
  };
}

describe.each([
  ['in one piece', denseChunks],
  ['in pieces of all sizes', unevenChunks],
] as const)('Hessian of rows %s', (_, chunksOf) => {
  test.each(hessians)(
    '$rows rows, $columns columns, $classes classes: rounded as scikit-learn rounds',
    (one) => {
      const { rows, columns, classes, hessian: expected } = one;
      const weighted = {
        codes: Int32Array.from({ length: rows }, (_x, r) => r % classes),
        classWeights: new Float64Array(classes).fill(1),
      };
      const loss = new LinearLoss(chunkLogLoss(chunksOf(columnsOf(rows, columns)), weighted), 0);
      const n = loss.nParameters;
      const hessian = new Float64Array(n * n);
      loss.hessian(new Float64Array(n), hessian);
      const { nOutputs } = loss;
      const placeOf = (s: number) => (s % nOutputs) * (columns + 1) + Math.floor(s / nOutputs);
      const far = expected.flatMap((row, i) =>
        row.flatMap((want, place) => {
          const [p, q] = [placeOf(i), placeOf(i + place)].sort((a, b) => a - b);
          const got = hessian[p! * n + q!]!;
          return got === want
            ? []
            : [`[${i}, ${i + place}] is ${got}, expected ${want}, delta ${got - want}, tolerance 0`];
        }),
      );
      expect(far).toEqual([]);
    },
  );
});
