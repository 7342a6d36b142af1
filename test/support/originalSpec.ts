import type { FitSpec } from '../../src/engine/local/fit/fit.ts';

/** What the original trains with. */
export const ORIGINAL_SPEC: FitSpec = {
  ignore: [],
  missing: 'error',
  testSize: 0.3,
  randomState: 123,
  stratify: false,
  model: { C: 1, maxIter: 100, solver: 'lbfgs', tol: 1e-4, classWeight: null },
};
