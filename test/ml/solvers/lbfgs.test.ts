import { describe, expect, test } from 'vitest';
import { lbfgs, lbfgsTogether, minimise } from '../../../src/ml/solvers/lbfgs.ts';

type Value = readonly [f: number, gradient: readonly number[]];
type Smooth = (x: readonly number[]) => Value;

function rosenbrock([a = 0, b = 0]: readonly number[]): Value {
  const gap = b - a * a;
  return [(1 - a) ** 2 + 100 * gap ** 2, [-2 * (1 - a) - 400 * a * gap, 200 * gap]];
}

function quartic(x: readonly number[]): Value {
  return [x.reduce((sum, v) => sum + v ** 4 - 0.1 * v, 0), x.map((v) => 4 * v ** 3 - 0.1)];
}

function bowl(curvature: number): Smooth {
  return (x) => [x.reduce((sum, v) => sum + 0.5 * curvature * v * v, 0), x.map((v) => curvature * v)];
}

const oneDimensional =
  (f: (x: number) => number, slope: (x: number) => number): Smooth =>
  ([x = 0]) => [f(x), [slope(x)]];

/** Passes values on, but gives NaN from evaluation `first` to before `end`. */
function breaking(smooth: Smooth, first: number, end: number): Smooth {
  let n = 0;
  return (x) => {
    const isBroken = n >= first && n < end;
    n++;
    return isBroken ? [Number.NaN, x.map(() => Number.NaN)] : smooth(x);
  };
}

function run(smooth: Smooth, start: readonly number[], maxIter: number) {
  const x = Float64Array.from(start);
  let nEvaluations = 0;
  const objective = (point: Float64Array, gradient: Float64Array) => {
    nEvaluations++;
    const [f, g] = smooth([...point]);
    gradient.set(g);
    return f;
  };
  const { nIter, converged } = lbfgs(objective, x, { gradientMax: 1e-4, maxIter });
  return { nIter, nEvaluations, converged, x: [...x] };
}

/**
 * Results of SciPy 1.17.1 for the same functions: `minimize(method='L-BFGS-B', jac=True)` with gtol 1e-4, ftol 64 eps
 * and maxls 50. The functions reach every case of the line search: brackets, long extensions, steps back, the longest
 * step.
 */
const SCIPY: readonly {
  readonly name: string;
  readonly smooth: Smooth;
  readonly start: readonly number[];
  readonly maxIter?: number;
  readonly nIter: number;
  readonly nEvaluations: number;
  readonly converged?: boolean;
  readonly x: readonly number[];
}[] = [
  {
    name: 'a curved valley',
    smooth: rosenbrock,
    start: [-1.2, 1],
    nIter: 36,
    nEvaluations: 44,
    x: [0.9999989453492792, 0.9999980209057279],
  },
  {
    name: 'a curved valley, left early',
    smooth: rosenbrock,
    start: [-1.2, 1],
    maxIter: 7,
    nIter: 7,
    nEvaluations: 9,
    converged: false,
    x: [-0.9493671678671748, 0.8669746872519423],
  },
  {
    name: 'a flat bottom',
    smooth: quartic,
    start: [3, -2],
    nIter: 15,
    nEvaluations: 18,
    x: [0.29240254356650297, 0.2923948324387764],
  },
  {
    name: 'a first step just across the minimum',
    smooth: bowl(3),
    start: [0.51],
    nIter: 1,
    nEvaluations: 3,
    x: [0],
  },
  { name: 'a steep bowl', smooth: bowl(2e4), start: [1, -3], nIter: 2, nEvaluations: 3, x: [0, 0] },
  {
    name: 'a hill to leave',
    smooth: oneDimensional(
      (x) => Math.cos(x) + 0.01 * x * x,
      (x) => -Math.sin(x) + 0.02 * x,
    ),
    start: [0.1],
    nIter: 3,
    nEvaluations: 7,
    x: [3.079972232409783],
  },
  {
    name: 'an exponential',
    smooth: oneDimensional(
      (x) => Math.exp(x) - 5 * x,
      (x) => Math.exp(x) - 5,
    ),
    start: [-4],
    nIter: 6,
    nEvaluations: 9,
    x: [1.6094303498801426],
  },
  {
    name: 'many valleys',
    smooth: oneDimensional(
      (x) => Math.sin(3 * x) + 0.1 * x * x,
      (x) => 3 * Math.cos(3 * x) + 0.2 * x,
    ),
    start: [2.2],
    nIter: 5,
    nEvaluations: 6,
    x: [1.536590095547127],
  },
  {
    name: 'a far start',
    smooth: oneDimensional(
      (x) => Math.sqrt(1 + x * x),
      (x) => x / Math.sqrt(1 + x * x),
    ),
    start: [1000],
    nIter: 5,
    nEvaluations: 24,
    x: [-3.3804487084818785e-5],
  },
  {
    name: 'straight flanks',
    smooth: oneDimensional(
      (x) => Math.log(Math.cosh(x - 5)),
      (x) => Math.tanh(x - 5),
    ),
    start: [-20],
    nIter: 4,
    nEvaluations: 12,
    x: [4.999999977226143],
  },
  {
    name: 'no minimum',
    smooth: oneDimensional(
      (x) => -x,
      () => -1,
    ),
    start: [0],
    maxIter: 3,
    nIter: 3,
    nEvaluations: 55,
    converged: false,
    x: [3e10],
  },
];

describe('lbfgs', () => {
  test.each(SCIPY)('follows the path of SciPy: $name', (one) => {
    const got = run(one.smooth, one.start, one.maxIter ?? 1000);
    const { nIter, nEvaluations, converged = true } = one;
    expect(got).toMatchObject({ nIter, nEvaluations, converged });
    one.x.forEach((expected, i) => {
      expect(Math.abs(got.x[i]! - expected), `x[${i}] = ${got.x[i]}, expected ${expected}`).toBeLessThan(
        1e-9,
      );
    });
  });

  test('needs no iteration from the minimum', () => {
    expect(run(bowl(1), [0, 0], 100)).toEqual({ nIter: 0, nEvaluations: 1, converged: true, x: [0, 0] });
  });

  test.each([
    { nGood: 1, nIter: 0, nTries: 50, x: [3, -2] },
    { nGood: 5, nIter: 4, nTries: 100, x: [0.8956776681486656, -0.7711049646629956] },
  ])('ends at the last good point if values become NaN after $nGood', ({ nGood, nIter, nTries, x }) => {
    const got = run(breaking(quartic, nGood, Number.POSITIVE_INFINITY), [3, -2], 1000);
    expect(got).toMatchObject({ nIter, converged: false, nEvaluations: nGood + nTries });
    x.forEach((expected, i) => {
      expect(got.x[i]).toBeCloseTo(expected, 12);
    });
  });

  test('restarts from steepest descent after a failed search', () => {
    const got = run(breaking(quartic, 5, 55), [3, -2], 1000);
    expect(got.converged).toBe(true);
    for (const value of got.x) expect(value).toBeCloseTo(0.025 ** (1 / 3), 3);
  });
});

test('runs that wait for each other take the steps that they take alone', () => {
  const smooths = [rosenbrock, quartic, bowl(3)];
  const starts = [
    [-1.2, 1],
    [3, -2],
    [0, 0],
  ];
  const alone = smooths.map((smooth, index) => run(smooth, starts[index]!, 100));
  const points = starts.map((start) => Float64Array.from(start));
  const rounds: number[][] = [];
  const results = lbfgsTogether(
    points.map((x) => minimise(x, { gradientMax: 1e-4, maxIter: 100 })),
    (stopped) => {
      rounds.push(stopped.map((one) => one.run));
      return stopped.map(({ run: index, point }) => {
        const [f, gradient] = smooths[index]!([...point.w]);
        point.gradient.set(gradient);
        return f;
      });
    },
  );
  expect(results.map((result, index) => ({ ...result, x: [...points[index]!] }))).toEqual(
    alone.map(({ nIter, converged, x }) => ({ nIter, converged, x })),
  );
  // Each round asks for all runs that are not done, so there are as many rounds as the longest run has evaluations.
  expect(rounds).toHaveLength(Math.max(...alone.map(({ nEvaluations }) => nEvaluations)));
  expect(rounds[0]).toEqual([0, 1, 2]);
});
