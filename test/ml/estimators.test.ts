import { type Branch, ColumnTransformer } from '../../src/ml/columnTransformer.ts';
import { DenseNumericColumn, DenseTextColumn } from '../../src/ml/denseColumn.ts';
import type { Params } from '../../src/ml/estimator.ts';
import { FixedThresholdClassifier } from '../../src/ml/fixedThresholdClassifier.ts';
import type { FrameColumn } from '../../src/ml/frame.ts';
import { LogisticRegression } from '../../src/ml/logisticRegression.ts';
import { MinMaxScaler } from '../../src/ml/minMaxScaler.ts';
import { OneHotEncoder } from '../../src/ml/oneHotEncoder.ts';
import { restoreTransformer } from '../../src/ml/restore.ts';
import { SimpleImputer } from '../../src/ml/simpleImputer.ts';
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

/** The names of the options say which of the two estimators they belong to. */
function fixedThresholdClassifier(params: Params = {}): FixedThresholdClassifier {
  const isInner = ([name]: readonly [string, unknown]) => name.startsWith('estimator__');
  const entries = Object.entries(params);
  const inner = entries.filter(isInner).map(([name, value]) => [name.slice('estimator__'.length), value]);
  const own = entries.filter((entry) => !isInner(entry));
  return new FixedThresholdClassifier(
    new LogisticRegression(Object.fromEntries(inner)),
    Object.fromEntries(own),
  );
}

estimatorContract('FixedThresholdClassifier', {
  make: fixedThresholdClassifier,
  params: {
    threshold: 0.3,
    posLabel: 0,
    estimator__C: 10,
    estimator__tol: 1e-3,
    estimator__maxIter: 50,
    estimator__solver: 'newton-cholesky',
    estimator__classWeight: 'balanced',
  },
  wrongParams: {
    threshold: Number.POSITIVE_INFINITY,
    posLabel: null,
    estimator__C: 1,
    estimator__tol: 1e-4,
    estimator__maxIter: 100,
    estimator__solver: 'lbfgs',
    estimator__classWeight: null,
  },
  attributes: ['classes_', 'nFeaturesIn_'],
  isBinary: true,
  toState: (model) => model.toState(),
  fromState: FixedThresholdClassifier.fromState,
});

const ROWS = 30;

/** Dense columns, of numbers or text according to their values. */
function frame(...kinds: readonly ('numbers' | 'text' | 'texts with gaps')[]) {
  const arrays = kinds.map((kind, j) =>
    kind === 'numbers'
      ? Float64Array.from({ length: ROWS }, (_, i) => (i % 7 === j ? Number.NaN : Math.sin(i * (j + 1))))
      : Int32Array.from({ length: ROWS }, (_, i) => ((i * (j + 2)) % 5) - (kind === 'text' ? 0 : 1)),
  );
  const columns = arrays.map(
    (array): FrameColumn =>
      array instanceof Float64Array
        ? new DenseNumericColumn(array)
        : new DenseTextColumn(array, ['e', 'b', 'ä', 'a', 'd']),
  );
  return {
    input: { nSamples: ROWS, columns },
    overwrite: () => {
      for (const array of arrays) array.fill(0);
    },
  };
}

const withoutValue = (column: FrameColumn) => ({ nSamples: 2, columns: [column] });

estimatorContract('SimpleImputer of numbers', {
  make: (params) => new SimpleImputer(params),
  params: { strategy: 'median', missingValues: 'none' },
  wrongParams: { strategy: 'mode', missingValues: 'nan' },
  attributes: ['statistics_', 'nFeaturesIn_'],
  toState: (imputer) => imputer.toState(),
  fromState: SimpleImputer.fromState,
  data: {
    X: () => frame('numbers', 'numbers', 'numbers'),
    otherX: () => frame('numbers', 'numbers'),
    wrongX: () => withoutValue(new DenseNumericColumn(new Float64Array(2).fill(Number.NaN))),
  },
});

estimatorContract('SimpleImputer of text', {
  make: (params) => new SimpleImputer({ strategy: 'most_frequent', ...params }),
  params: { strategy: 'most_frequent', missingValues: 'empty' },
  sameAsDefault: ['strategy'],
  wrongParams: { strategy: 'mean', missingValues: 'nan' },
  attributes: ['statistics_', 'nFeaturesIn_'],
  toState: (imputer) => imputer.toState(),
  fromState: SimpleImputer.fromState,
  data: {
    X: () => frame('texts with gaps', 'text', 'texts with gaps'),
    otherX: () => frame('texts with gaps', 'texts with gaps'),
    wrongX: () => withoutValue(DenseTextColumn.of([null, null])),
  },
});

estimatorContract('OneHotEncoder', {
  make: (params) => new OneHotEncoder(params),
  params: { handleUnknown: 'ignore' },
  wrongParams: { handleUnknown: 'infrequent' },
  attributes: ['categories_', 'nFeaturesIn_'],
  toState: (encoder) => encoder.toState(),
  fromState: OneHotEncoder.fromState,
  data: {
    X: () => frame('text', 'text', 'text'),
    otherX: () => frame('text', 'text'),
    wrongX: () => withoutValue(DenseTextColumn.of(['a', null])),
  },
});

/** Two branches. The names of the options say which branch they belong to. */
function columnTransformer(params: Params = {}): ColumnTransformer {
  const options = (branch: string) =>
    Object.fromEntries(
      Object.entries(params)
        .filter(([name]) => name.startsWith(`${branch}__`))
        .map(([name, value]) => [name.slice(branch.length + 2), value]),
    );
  const branches: Branch[] = [
    ['numbers', new SimpleImputer(options('numbers')), [1]],
    ['text', new OneHotEncoder(options('text')), [0]],
  ];
  return new ColumnTransformer(branches);
}

estimatorContract('ColumnTransformer', {
  make: columnTransformer,
  params: { numbers__strategy: 'median', numbers__missingValues: 'none', text__handleUnknown: 'ignore' },
  wrongParams: { numbers__strategy: 'mode', numbers__missingValues: 'nan', text__handleUnknown: 'error' },
  attributes: ['nFeaturesIn_'],
  toState: (transformer) => transformer.toState(),
  fromState: (state) => ColumnTransformer.fromState(state, restoreTransformer),
  data: {
    X: () => frame('text', 'numbers', 'text'),
    otherX: () => frame('text', 'numbers'),
    wrongX: () => withoutValue(DenseTextColumn.of(['a', 'b'])),
  },
});
