import type {
  LogisticRegressionState,
  MinMaxScalerState,
  OneHotEncoderState,
  SimpleImputerState,
} from '../../values/pipelineState.ts';
import { float, int, list, type PyValue, tuple } from './pickle.ts';
import { type Attributes, array, dtype, number } from './sklearnObject.ts';

/** Where an estimator's class is, its parameters that were set, and what its fit added. */
interface EstimatorParts {
  readonly module: string;
  readonly params: Attributes;
  readonly fitted: Attributes;
}

/** An estimator that holds no other. */
export type LeafState = MinMaxScalerState | SimpleImputerState | OneHotEncoderState | LogisticRegressionState;

export function estimatorParts(state: LeafState): EstimatorParts {
  switch (state.estimator) {
    case 'MinMaxScaler':
      return minMaxScaler(state);
    case 'SimpleImputer':
      return simpleImputer(state);
    case 'OneHotEncoder':
      return oneHotEncoder(state);
    case 'LogisticRegression':
      return logisticRegression(state);
  }
}

function minMaxScaler({ params, fitted }: MinMaxScalerState): EstimatorParts {
  return {
    module: 'sklearn.preprocessing',
    params: { feature_range: tuple(...params.featureRange.map(number)), clip: params.clip },
    fitted: {
      n_features_in_: int(fitted.nFeaturesIn),
      n_samples_seen_: int(fitted.nSamplesSeen),
      scale_: array(fitted.scale, 'float64'),
      min_: array(fitted.min, 'float64'),
      data_min_: array(fitted.dataMin, 'float64'),
      data_max_: array(fitted.dataMax, 'float64'),
      data_range_: array(fitted.dataRange, 'float64'),
    },
  };
}

/** `missing_values` of the first form is the reader's default, which is a NaN of its own. */
function simpleImputer({ params, fitted }: SimpleImputerState): EstimatorParts {
  const values: Attributes = {
    nan: {},
    none: { missing_values: null },
    empty: { missing_values: '' },
  }[params.missingValues];
  const type = typeof fitted.statistics[0] === 'string' ? 'object' : 'float64';
  return {
    module: 'sklearn.impute',
    params: { strategy: params.strategy, ...values },
    fitted: {
      n_features_in_: int(fitted.nFeaturesIn),
      statistics_: array(fitted.statistics, type),
      indicator_: null,
      _fit_dtype: dtype(type),
      _fill_dtype: dtype(type),
    },
  };
}

function oneHotEncoder({ params, fitted }: OneHotEncoderState): EstimatorParts {
  const perColumn = (value: (categories: readonly string[]) => PyValue) => list(fitted.categories.map(value));
  return {
    module: 'sklearn.preprocessing',
    params: { handle_unknown: params.handleUnknown, sparse_output: false },
    fitted: {
      n_features_in_: int(fitted.nFeaturesIn),
      categories_: perColumn((categories) => array(categories, 'object')),
      drop_idx_: null,
      _drop_idx_after_grouping: null,
      _infrequent_enabled: false,
      _n_features_outs: perColumn(({ length }) => int(length)),
    },
  };
}

function logisticRegression({ params, fitted }: LogisticRegressionState): EstimatorParts {
  return {
    module: 'sklearn.linear_model',
    params: {
      C: float(params.C),
      tol: float(params.tol),
      max_iter: int(params.maxIter),
      class_weight: params.classWeight,
      solver: readableSolver(params.solver, fitted.classes.length),
    },
    fitted: {
      n_features_in_: int(fitted.nFeaturesIn),
      classes_: array(fitted.classes, fitted.classesDtype),
      n_iter_: array([fitted.nIter], 'int32'),
      coef_: array(fitted.coef, 'float64'),
      intercept_: array(fitted.intercept, 'float64'),
    },
  };
}

/**
 * The solver that a refit in Python will use. It is `lbfgs` (the default) in two cases: scikit-learn does not have
 * `gradient-descent`, and a clone with it would not fit; and scikit-learn 1.2 to 1.5 takes `newton-cholesky` with more
 * than two classes for one-vs-rest and would give other probabilities for the same coefficients.
 */
function readableSolver(solver: LogisticRegressionState['params']['solver'], nClasses: number): string {
  return solver === 'newton-cholesky' && nClasses === 2 ? solver : 'lbfgs';
}
