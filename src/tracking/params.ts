import type {
  EstimatorState,
  LogisticRegressionState,
  MinMaxScalerState,
  PipelineState,
} from '../ml/state.ts';
import { pyBoolRepr, pyEstimatorRepr, pyFloatRepr, pyStringRepr } from './pyRepr.ts';

/** MLflow params by name. They are texts always: MLflow stores a JSON number as an empty text, and answers 200. */
export type RunParams = Readonly<Record<string, string>>;

type ParamTexts = readonly (readonly [name: string, value: string])[];

/** Defaults of scikit-learn's LogisticRegression, as `repr`; an argument that has its default is not printed. */
const LOGISTIC_REGRESSION_DEFAULTS: RunParams = {
  C: '1.0',
  class_weight: 'None',
  max_iter: '100',
  solver: "'lbfgs'",
  tol: '0.0001',
};
const MIN_MAX_SCALER_DEFAULTS: RunParams = { clip: 'False', feature_range: '(0, 1)' };

/**
 * Parameters of scikit-learn's classes that ours do not have: in the logged model they stand at their defaults (1.9.1),
 * as `str`, so that runs can be compared with those that `autolog` has logged.
 */
const PIPELINE_FIXED: RunParams = { memory: 'None', transform_input: 'None', verbose: 'False' };
const STEP_FIXED: Readonly<Record<EstimatorState['estimator'], RunParams>> = {
  MinMaxScaler: { copy: 'True' },
  LogisticRegression: {
    dual: 'False',
    fit_intercept: 'True',
    intercept_scaling: '1',
    l1_ratio: '0.0',
    n_jobs: 'None',
    penalty: 'deprecated',
    random_state: 'None',
    verbose: '0',
    warm_start: 'False',
  },
};

/**
 * The whole `get_params()` of the logged pipeline, flattened to `step__param` and written as `mlflow.sklearn.autolog`
 * writes it; before it the original's two, `C` and `max_iter`.
 */
export function pipelineParams(pipeline: PipelineState): RunParams {
  const params: Record<string, string> = {};
  for (const [, state] of pipeline.steps) {
    if (state.estimator !== 'LogisticRegression') continue;
    params['C'] = pyFloatRepr(state.params.C);
    params['max_iter'] = String(state.params.maxIter);
  }
  const steps = pipeline.steps.map(([name, state]) => `(${pyStringRepr(name)}, ${estimatorRepr(state)})`);
  Object.assign(params, PIPELINE_FIXED);
  params['steps'] = `[${steps.join(', ')}]`;
  for (const [name, state] of pipeline.steps) params[name] = estimatorRepr(state);
  for (const [step, state] of pipeline.steps) {
    const fixed = Object.entries(STEP_FIXED[state.estimator]);
    for (const [name, value] of [...fixed, ...paramTexts(state)]) params[`${step}__${name}`] = value;
  }
  return params;
}

function estimatorRepr(state: EstimatorState): string {
  const defaults =
    state.estimator === 'MinMaxScaler' ? MIN_MAX_SCALER_DEFAULTS : LOGISTIC_REGRESSION_DEFAULTS;
  const changed = paramReprs(state).filter(([name, value]) => value !== defaults[name]);
  return pyEstimatorRepr(
    state.estimator,
    changed.map(([name, value]) => `${name}=${value}`),
  );
}

/** As `str` gives a value: a text stands without quotes. */
function paramTexts(state: EstimatorState): ParamTexts {
  return paramReprs(state).map(([name, value]) => [name, value.replace(/^'(.*)'$/, '$1')]);
}

/** As `repr` gives them, by scikit-learn's names and in their order. */
function paramReprs(state: EstimatorState): ParamTexts {
  return state.estimator === 'MinMaxScaler' ? scalerReprs(state) : classifierReprs(state);
}

function scalerReprs({ params: { clip, featureRange } }: MinMaxScalerState): ParamTexts {
  return [
    ['clip', pyBoolRepr(clip)],
    ['feature_range', `(${featureRange.map(rangeEndRepr).join(', ')})`],
  ];
}

/** The default range is written in whole numbers in scikit-learn itself. */
function rangeEndRepr(end: number): string {
  return Number.isSafeInteger(end) ? String(end) : pyFloatRepr(end);
}

function classifierReprs({ params }: LogisticRegressionState): ParamTexts {
  return [
    ['C', pyFloatRepr(params.C)],
    ['class_weight', params.classWeight === null ? 'None' : pyStringRepr(params.classWeight)],
    ['max_iter', String(params.maxIter)],
    ['solver', pyStringRepr(params.solver)],
    ['tol', pyFloatRepr(params.tol)],
  ];
}
