import { LogisticRegression } from '../../src/ml/logisticRegression.ts';
import { MinMaxScaler } from '../../src/ml/minMaxScaler.ts';
import { estimatorContract } from '../contracts/estimator.ts';

estimatorContract('MinMaxScaler', {
  make: (params) => new MinMaxScaler(params),
  params: { featureRange: [-1, 3], clip: true },
  wrongParams: { featureRange: [1, 0], clip: false },
  attributes: ['dataMin_', 'dataMax_', 'dataRange_', 'scale_', 'min_', 'nFeaturesIn_', 'nSamplesSeen_'],
  toState: (scaler) => scaler.toState(),
  fromState: MinMaxScaler.fromState,
});

for (const solver of ['newton-cholesky', 'gradient-descent']) {
  estimatorContract(`LogisticRegression by ${solver}`, {
    make: (params) => new LogisticRegression(params),
    params: { C: 10, tol: 1e-3, maxIter: 50, solver, classWeight: 'balanced' },
    wrongParams: { C: -1, tol: 1e-4, maxIter: 100, solver, classWeight: null },
    attributes: ['classes_', 'coef_', 'intercept_', 'nIter_', 'converged_', 'fitWarnings_', 'nFeaturesIn_'],
    toState: (model) => model.toState(),
    fromState: LogisticRegression.fromState,
  });
}
