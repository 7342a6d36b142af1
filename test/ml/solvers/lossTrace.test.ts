import { describe, expect, test } from 'vitest';
import { Random } from '../../../bench/random.ts';
import { LogisticRegression } from '../../../src/ml/logisticRegression.ts';
import { LOSS_POINTS_MAX, LossTrace } from '../../../src/ml/solvers/lossTrace.ts';

const random = new Random(5);
const uniform = () => random.uniform();
const ROWS = 120;
const X = Array.from({ length: ROWS }, () => [uniform(), 3 * uniform(), uniform() - 0.5]);
const labelsOf = (nClasses: number) =>
  X.map(([a = 0, b = 0]) =>
    Math.min(nClasses - 1, Math.floor(nClasses * ((a + b / 3) / 2 + 0.2 * uniform()))),
  );

/** The objective from its formula, from probabilities and coefficients alone. */
function objectiveOf(model: LogisticRegression, y: readonly number[], C: number): number {
  const { columns } = model.predictProba(X);
  const losses = y.map((label, row) => -Math.log(columns[label]![row]!));
  const squares = model.coef_.flat().map((value) => value * value);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return (sum(losses) + sum(squares) / (2 * C)) / y.length;
}

describe.each(['lbfgs', 'newton-cholesky'] as const)('the losses of %s', (solver) => {
  test.each([
    [2, 1, 100],
    [3, 1, 100],
    [2, 1e4, 100],
    [2, 1, 3],
    [2, Number.POSITIVE_INFINITY, 100],
  ])('descend to the objective: %i classes, C=%d, max_iter=%i', (nClasses, C, maxIter) => {
    const y = labelsOf(nClasses);
    const model = new LogisticRegression({ solver, C, maxIter }).fit(X, y);
    const points = model.losses_!;
    expect(points[0]).toEqual({ iteration: 0, loss: expect.closeTo(Math.log(nClasses), 12) });
    expect(points.at(-1)!.iteration).toBe(model.nIter_);
    expect(points.at(-1)!.loss).toBeCloseTo(objectiveOf(model, y, C), 12);
    points.slice(1).forEach(({ loss, iteration }, place) => {
      expect(iteration).toBe(place + 1);
      expect(loss).toBeLessThanOrEqual(points[place]!.loss);
    });
  });
});

test('a fit that lbfgs finishes ends with the objective too', () => {
  const y = labelsOf(2);
  const doubled = X.map(([a = 0, ...rest]) => [a, 2 * a, ...rest]);
  const model = new LogisticRegression({ solver: 'newton-cholesky', C: Number.POSITIVE_INFINITY });
  const points = model.fit(doubled, y).losses_!;
  expect(model.fitWarnings_[0]!.code).toBe('solver_fell_back');
  expect(points.at(-1)!.iteration).toBe(model.nIter_);
  const { columns } = model.predictProba(doubled);
  const losses = y.map((label, row) => -Math.log(columns[label]![row]!));
  expect(points.at(-1)!.loss).toBeCloseTo(losses.reduce((sum, value) => sum + value, 0) / ROWS, 12);
});

test('gradient-descent knows no loss, and a state keeps none', () => {
  const y = labelsOf(2);
  expect(new LogisticRegression({ solver: 'gradient-descent' }).fit(X, y).losses_).toBeUndefined();
  const state = new LogisticRegression().fit(X, y).toState();
  expect(LogisticRegression.fromState(state).losses_).toBeUndefined();
});

test.each([0, 1, 150, 198, 199, 200, 201, 399, 400, 15_000, 100_001])(
  '%i iterations are thinned',
  (nIter) => {
    const trace = new LossTrace();
    for (let i = 0; i <= nIter; i++) trace.add(i, 1 / (1 + i));
    const { points } = trace;
    expect(points.length).toBeLessThanOrEqual(LOSS_POINTS_MAX);
    expect(points.length).toBeGreaterThanOrEqual(Math.min(nIter + 1, LOSS_POINTS_MAX / 2));
    expect(points[0]).toEqual({ iteration: 0, loss: 1 });
    expect(points.at(-1)).toEqual({ iteration: nIter, loss: 1 / (1 + nIter) });
    const steps = points.map(({ iteration }) => iteration);
    expect(new Set(steps).size).toBe(steps.length);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  },
);

test('a second loss of an iteration replaces the first', () => {
  const trace = new LossTrace();
  trace.add(0, 1);
  trace.add(1, 0.5);
  trace.add(1, 0.6);
  expect(trace.points).toEqual([
    { iteration: 0, loss: 1 },
    { iteration: 1, loss: 0.6 },
  ]);
});
