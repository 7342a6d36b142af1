import type {
  ColumnTransformerState,
  EstimatorState,
  FixedThresholdClassifierState,
  PipelineState,
  StepState,
} from '../../values/pipelineState.ts';
import { dict, float, int, list, type PyObject, type PyValue, pickle, tuple } from './pickle.ts';
import { estimatorParts } from './sklearnEstimators.ts';
import { type Attributes, array, make, scalar, slice } from './sklearnObject.ts';

/**
 * `model.pkl`: a fitted scikit-learn Pipeline, one file for scikit-learn 1.1 to 1.9.
 *
 * What makes it independent of the reader's version: each estimator is its public class called without arguments, so
 * that defaults are the reader's own (a ColumnTransformer is called with the one that it demands); only parameters
 * that were set and fitted attributes follow; arrays are made by `numpy.array`, for the private functions by which
 * NumPy pickles them have moved; and `_sklearn_version` is the reader's own version, which is true, since the reader
 * has made the objects. Never written are parameters that came or went between those versions: `penalty`,
 * `multi_class`, `l1_ratio`, `verbose`, `sparse`, `force_int_remainder_cols`.
 *
 * A pipeline with a threshold needs scikit-learn 1.5, which brought `FixedThresholdClassifier`.
 */
export function sklearnPickle({ steps, featureNamesIn }: PipelineState): Buffer {
  return pickle(pipeline(steps, (state, isFirst) => fitted(state, isFirst ? featureNamesIn : undefined)));
}

/** The estimator with all that its fit added. Only one that sees a data frame knows the names of its columns. */
function fitted(state: EstimatorState, names: readonly string[] | undefined): PyObject {
  if (state.estimator === 'Pipeline') {
    return pipeline(state.steps, (step, isFirst) => fitted(step, isFirst ? names : undefined));
  }
  if (state.estimator === 'ColumnTransformer') return columnTransformer(state, names);
  if (state.estimator === 'FixedThresholdClassifier') {
    return fixedThreshold(state, {
      estimator_: fitted(state.classifier, names),
      n_features_in_: int(state.classifier.fitted.nFeaturesIn),
      ...featureNamesIn(names),
    });
  }
  const { module, params, fitted: attributes } = estimatorParts(state);
  return make(module, state.estimator, { ...params, ...attributes, ...featureNamesIn(names) });
}

/** The estimator as it was before its fit. */
function unfitted(state: EstimatorState): PyObject {
  if (state.estimator === 'Pipeline') return pipeline(state.steps, unfitted);
  if (state.estimator === 'ColumnTransformer') throw new TypeError('Column transformers cannot be nested.');
  if (state.estimator === 'FixedThresholdClassifier') return fixedThreshold(state, {});
  const { module, params } = estimatorParts(state);
  return make(module, state.estimator, params);
}

/** scikit-learn keeps the estimator as it was before the fit, and the fitted clone beside it. */
function fixedThreshold(
  { params, classifier }: FixedThresholdClassifierState,
  fittedAttributes: Attributes,
): PyObject {
  const { threshold, posLabel } = params;
  const attributes = {
    threshold: float(threshold),
    pos_label: posLabel === null ? null : scalar(posLabel, classifier.fitted.classesDtype),
    response_method: 'predict_proba',
    ...fittedAttributes,
  };
  return make('sklearn.model_selection', 'FixedThresholdClassifier', attributes, unfitted(classifier));
}

function pipeline(
  steps: readonly StepState[],
  estimator: (state: EstimatorState, isFirst: boolean) => PyObject,
): PyObject {
  const named = steps.map(([name, state], index) => tuple(name, estimator(state, index === 0)));
  return make('sklearn.pipeline', 'Pipeline', {}, list(named));
}

/**
 * It is handed data frames, and so knows its columns by name. `sparse_threshold` of 0 makes its output dense also where
 * the reader's encoder, that of 1.1, does not know `sparse_output`.
 */
function columnTransformer(state: ColumnTransformerState, names: readonly string[] = []): PyObject {
  const branches = state.transformers.map((branch) => ({
    ...branch,
    names: branch.columns.map((column) => names[column]!),
  }));
  const ends = branches.map((_, index) =>
    branches.slice(0, index + 1).reduce((sum, { nFeaturesOut }) => sum + nFeaturesOut, 0),
  );
  const byBranch = (value: (branch: (typeof branches)[number], index: number) => PyValue) =>
    Object.fromEntries(branches.map((branch, index) => [branch.name, value(branch, index)]));
  const listOf = (transformer: (branch: (typeof branches)[number]) => PyObject) =>
    list(branches.map((branch) => tuple(branch.name, transformer(branch), list(branch.names))));
  const attributes = {
    sparse_threshold: int(0),
    ...featureNamesIn(names),
    n_features_in_: int(state.fitted.nFeaturesIn),
    transformers_: listOf(({ transformer, names: some }) => fitted(transformer, some)),
    output_indices_: dict({
      ...byBranch((_, index) => slice(ends[index - 1] ?? 0, ends[index]!)),
      remainder: slice(0, 0),
    }),
    sparse_output_: false,
    _columns: list(branches.map(({ names: some }) => list(some))),
    _n_features: int(state.fitted.nFeaturesIn),
    _name_to_fitted_passthrough: dict({}),
    _remainder: tuple('remainder', 'drop', list([])),
    _transformer_to_input_indices: dict({
      ...byBranch(({ columns }) => list(columns.map(int))),
      remainder: list([]),
    }),
  };
  const specified = listOf(({ transformer }) => unfitted(transformer));
  return make('sklearn.compose', 'ColumnTransformer', attributes, specified);
}

function featureNamesIn(names: readonly string[] | undefined) {
  return names === undefined ? {} : { feature_names_in_: array(names, 'object') };
}
