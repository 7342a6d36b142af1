import type {
  EstimatorState,
  LogisticRegressionState,
  MinMaxScalerState,
  PipelineState,
} from '../../ml/state.ts';
import {
  built,
  call,
  dict,
  float,
  global,
  int,
  list,
  type PyObject,
  type PyValue,
  pickle,
  tuple,
} from './pickle.ts';

/**
 * `model.pkl`: a fitted scikit-learn Pipeline, one file for scikit-learn 1.1 to 1.9.
 *
 * What makes it independent of the reader's version: each estimator is its public class called without arguments, so
 * that defaults are the reader's own; only parameters that were set and fitted attributes follow; arrays are made by
 * `numpy.array`, for the private functions by which NumPy pickles them have moved; and `_sklearn_version` is the
 * reader's own version, which is true, since the reader has made the objects. Never written are parameters that
 * came or went between those versions: `penalty`, `multi_class`, `l1_ratio`, `verbose`.
 */
export function sklearnPickle(pipeline: PipelineState): Buffer {
  const steps = pipeline.steps.map(([name, state], index) => {
    // Only the step that sees the data frame knows its columns; the others are handed arrays.
    const names = index === 0 ? { feature_names_in_: array(pipeline.featureNamesIn, 'object') } : {};
    return tuple(name, estimator(state, names));
  });
  return pickle(built(call(global('sklearn.pipeline', 'Pipeline'), list(steps)), dict(VERSION)));
}

const VERSION = { _sklearn_version: global('sklearn', '__version__') };

type Attributes = Readonly<Record<string, PyValue>>;

function estimator(state: EstimatorState, names: Attributes): PyObject {
  switch (state.estimator) {
    case 'MinMaxScaler':
      return make('sklearn.preprocessing', 'MinMaxScaler', { ...minMaxScaler(state), ...names });
    case 'LogisticRegression':
      return make('sklearn.linear_model', 'LogisticRegression', { ...logisticRegression(state), ...names });
  }
}

function minMaxScaler({ params, fitted }: MinMaxScalerState): Attributes {
  return {
    feature_range: tuple(...params.featureRange.map(number)),
    clip: params.clip,
    n_features_in_: int(fitted.nFeaturesIn),
    n_samples_seen_: int(fitted.nSamplesSeen),
    scale_: array(fitted.scale, 'float64'),
    min_: array(fitted.min, 'float64'),
    data_min_: array(fitted.dataMin, 'float64'),
    data_max_: array(fitted.dataMax, 'float64'),
    data_range_: array(fitted.dataRange, 'float64'),
  };
}

function logisticRegression({ params, fitted }: LogisticRegressionState): Attributes {
  return {
    C: float(params.C),
    tol: float(params.tol),
    max_iter: int(params.maxIter),
    class_weight: params.classWeight,
    solver: readableSolver(params.solver, fitted.classes.length),
    n_features_in_: int(fitted.nFeaturesIn),
    classes_: array(fitted.classes, fitted.classesDtype),
    n_iter_: array([fitted.nIter], 'int32'),
    coef_: array(fitted.coef, 'float64'),
    intercept_: array(fitted.intercept, 'float64'),
  };
}

/**
 * The solver that a refit in Python will use, `lbfgs` (the default) in two cases: `gradient-descent` is none of
 * scikit-learn's, and a clone with it would not fit; and scikit-learn 1.2 to 1.5 takes `newton-cholesky` with more
 * than two classes for one-vs-rest and would give other probabilities for the same coefficients.
 */
function readableSolver(solver: LogisticRegressionState['params']['solver'], nClasses: number): string {
  return solver === 'newton-cholesky' && nClasses === 2 ? solver : 'lbfgs';
}

function make(module: string, name: string, attributes: Attributes): PyObject {
  return built(call(global(module, name)), dict({ ...attributes, ...VERSION }));
}

type Nested = readonly (number | string | readonly number[])[];
type DType = 'float64' | 'int64' | 'int32' | 'bool' | 'object';

/** `numpy.array(values, dtype)`; exact, for a pickled float has all its 64 bits. */
function array(values: Nested, dtype: DType): PyObject {
  const item = (value: Nested[number]): PyValue => {
    if (typeof value === 'string') return value;
    if (typeof value !== 'number') return list(value.map(item));
    if (dtype === 'bool') return value === 1;
    return dtype === 'float64' ? float(value) : int(value);
  };
  return call(global('numpy', 'array'), list(values.map(item)), dtype);
}

/** As a person would have written it: `feature_range=(0, 1)` are ints, and `repr` shows what differs from the default. */
function number(value: number): PyValue {
  return Number.isInteger(value) ? int(value) : float(value);
}
