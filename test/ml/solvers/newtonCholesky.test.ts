import { expect, test } from 'vitest';
import { toMatrix } from '../../../src/ml/matrix.ts';
import { lbfgs } from '../../../src/ml/solvers/lbfgs.ts';
import { LinearLoss } from '../../../src/ml/solvers/linearLoss.ts';
import { chunkLogLoss } from '../../../src/ml/solvers/lossSums.ts';
import { newtonCholesky } from '../../../src/ml/solvers/newtonCholesky.ts';
import { denseChunks } from '../../../src/ml/solvers/rowChunks.ts';

const rows = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(3 * i), (i % 5) / 5]);

function lossOf(X: number[][], nClasses: number, l2: number): LinearLoss {
  const codes = Int32Array.from(X, ([x = 0], i) => Math.floor(Math.abs(x * 10 + i)) % nClasses);
  const weighted = { codes, classWeights: new Float64Array(nClasses).fill(1) };
  return new LinearLoss(chunkLogLoss(denseChunks(toMatrix(X)), weighted), l2);
}

const options = { gradientMax: 1e-9, maxIter: 1000 };

test.each([2, 3])('finds the same minimum as lbfgs, for %i classes', (nClasses) => {
  const loss = lossOf(rows, nClasses, 0.01);
  const [byNewton, byLbfgs] = [new Float64Array(loss.nParameters), new Float64Array(loss.nParameters)];
  const got = newtonCholesky(loss, byNewton, options);
  expect(got).toMatchObject({ converged: true, fallback: undefined });
  expect(got.nIter).toBeLessThan(8);
  lbfgs((x, gradient) => loss.lossGradient(x, gradient), byLbfgs, options);
  byNewton.forEach((value, i) => {
    expect(value).toBeCloseTo(byLbfgs[i]!, 6);
  });
});

test('gives the intercepts of three classes the mean 0', () => {
  const loss = lossOf(rows, 3, 0.01);
  const w = new Float64Array(loss.nParameters);
  newtonCholesky(loss, w, options);
  expect(w[3]! + w[7]! + w[11]!).toBeCloseTo(0, 14);
  expect(Math.abs(w[3]!)).toBeGreaterThan(1e-3);
});

test('falls back to lbfgs in the first iteration for collinear columns without a penalty', () => {
  const doubled = rows.map(([x = 0, ...rest]) => [x, 2 * x, ...rest]);
  const loss = lossOf(doubled, 2, 0);
  const w = new Float64Array(loss.nParameters);
  const got = newtonCholesky(loss, w, { gradientMax: 1e-4, maxIter: 100 });
  expect(got).toMatchObject({ converged: true, fallback: expect.stringContaining('singular') });

  const alone = new Float64Array(loss.nParameters);
  const { nIter } = lbfgs((x, gradient) => loss.lossGradient(x, gradient), alone, {
    gradientMax: 1e-4,
    maxIter: 99,
  });
  expect(got.nIter).toBe(nIter);
  expect([...w]).toEqual([...alone]);
});

test('falls back to lbfgs from a start without curvature, and counts the iterations of both', () => {
  const loss = lossOf(rows, 2, 1e-3);
  const far = new Float64Array(loss.nParameters).fill(5000);
  const got = newtonCholesky(loss, far.slice(), { gradientMax: 1e-4, maxIter: 100 });
  expect(got.fallback).toContain('curvature');
  expect(got.converged).toBe(true);
  // The failed iteration counts against the limit of two, so lbfgs has one left.
  expect(newtonCholesky(loss, far.slice(), { gradientMax: 1e-4, maxIter: 2 })).toMatchObject({
    nIter: 1,
    converged: false,
  });
});

test('stops at its last iteration and reports that it has not converged', () => {
  const loss = lossOf(rows, 2, 0.01);
  const w = new Float64Array(loss.nParameters);
  expect(newtonCholesky(loss, w, { gradientMax: 1e-9, maxIter: 1 })).toEqual({
    nIter: 1,
    converged: false,
    fallback: undefined,
  });
});
