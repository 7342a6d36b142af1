import { type PyRepr, pyList, pyRepr, pyTuple } from '../python/estimatorRepr.ts';
import { pyBoolRepr, pyFloatRepr, pyStringRepr } from '../python/repr.ts';
import type { ClassesDtype, ClassLabel } from '../values/dataset.ts';
import type {
  ColumnTransformerState,
  EstimatorState,
  FixedThresholdClassifierState,
  LogisticRegressionState,
  MinMaxScalerState,
  OneHotEncoderState,
  PipelineState,
  SimpleImputerState,
  StepState,
} from '../values/pipelineState.ts';
import { classifierOf } from './modelFiles/onnx.ts';

/** MLflow params by name, always as texts: MLflow stores a JSON number as an empty text, and answers 200. */
export type RunParams = Readonly<Record<string, string>>;

/** An estimator as scikit-learn's `get_params` knows it. */
interface Described {
  readonly className: string;
  /** Its parameters by scikit-learn's names; those of ours that can differ from the defaults, sorted by name. */
  readonly params: readonly (readonly [name: string, value: PyRepr])[];
  /** Their defaults, as `repr`; an argument that has its default is not printed. */
  readonly defaults: RunParams;
  /**
   * Parameters that ours does not have: in the logged model they stand at their defaults (1.9.1), as `str`, so that runs
   * can be compared with those that `autolog` has logged.
   */
  readonly fixed: RunParams;
  /** The estimators within, whose parameters are its own too, as `name__param`. */
  readonly children: readonly StepState[];
}

/** MLflow's limit; a longer value would be refused. */
const VALUE_CHARS_MAX = 6000;

/**
 * The whole `get_params()` of the logged pipeline, flattened to `step__param` and written as `mlflow.sklearn.autolog`
 * writes it; before it the original's two, `C` and `max_iter`.
 */
export function pipelineParams({ steps, featureNamesIn }: PipelineState): RunParams {
  const { C, maxIter } = classifierOf(steps).params;
  const params: Record<string, string> = { C: pyFloatRepr(C), max_iter: String(maxIter) };
  addParams(params, '', pipeline(steps, featureNamesIn), featureNamesIn);
  return params;
}

/** Cuts values that are longer than MLflow takes. */
export function cutParams(params: RunParams, charsMax = VALUE_CHARS_MAX): RunParams {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, cut(value, charsMax)]));
}

function addParams(
  params: Record<string, string>,
  prefix: string,
  { fixed, params: own, children }: Described,
  columns: readonly string[],
): void {
  for (const [name, value] of Object.entries(fixed)) params[prefix + name] = value;
  for (const [name, value] of own) params[prefix + name] = pyStr(value);
  for (const [name, state] of children) {
    params[prefix + name] = pyRepr(estimatorRepr(describe(state, columns)));
    addParams(params, `${prefix}${name}__`, describe(state, columns), columns);
  }
}

/** As `str` gives a value: a text stands without quotes. */
function pyStr(value: PyRepr): string {
  if (typeof value !== 'string' && 'text' in value) return value.text;
  return pyRepr(value).replace(/^'(.*)'$/, '$1');
}

function estimatorRepr({ className, params, defaults }: Described): PyRepr {
  const changed = params.filter(([name, value]) => pyRepr(value) !== defaults[name]);
  return { className, args: changed.map(([name, value]) => ({ name, value })) };
}

function describe(state: EstimatorState, columns: readonly string[]): Described {
  switch (state.estimator) {
    case 'Pipeline':
      return pipeline(state.steps, columns);
    case 'ColumnTransformer':
      return columnTransformer(state, columns);
    case 'MinMaxScaler':
      return minMaxScaler(state);
    case 'SimpleImputer':
      return simpleImputer(state);
    case 'OneHotEncoder':
      return oneHotEncoder(state);
    case 'LogisticRegression':
      return logisticRegression(state);
    case 'FixedThresholdClassifier':
      return fixedThresholdClassifier(state, columns);
  }
}

function pipeline(steps: readonly StepState[], columns: readonly string[]): Described {
  const named = steps.map(([name, state]) =>
    pyTuple(pyStringRepr(name), estimatorRepr(describe(state, columns))),
  );
  return {
    className: 'Pipeline',
    params: [['steps', pyList(named)]],
    defaults: {},
    fixed: { memory: 'None', transform_input: 'None', verbose: 'False' },
    children: steps,
  };
}

function columnTransformer({ transformers }: ColumnTransformerState, names: readonly string[]): Described {
  const branches = transformers.map(({ name, transformer, columns }) =>
    pyTuple(
      pyStringRepr(name),
      estimatorRepr(describe(transformer, names)),
      pyList(columns.map((column) => ({ text: names[column]! }))),
    ),
  );
  return {
    className: 'ColumnTransformer',
    params: [
      ['sparse_threshold', '0'],
      ['transformers', pyList(branches)],
    ],
    defaults: {},
    fixed: {
      n_jobs: 'None',
      remainder: 'drop',
      transformer_weights: 'None',
      verbose: 'False',
      verbose_feature_names_out: 'True',
    },
    children: transformers.map(({ name, transformer }) => [name, transformer]),
  };
}

/** The default range is written in whole numbers in scikit-learn itself. */
function minMaxScaler({ params: { clip, featureRange } }: MinMaxScalerState): Described {
  const ends = featureRange.map((end) => (Number.isSafeInteger(end) ? String(end) : pyFloatRepr(end)));
  return {
    className: 'MinMaxScaler',
    params: [
      ['clip', pyBoolRepr(clip)],
      ['feature_range', pyTuple(...ends)],
    ],
    defaults: { clip: 'False', feature_range: '(0, 1)' },
    fixed: { copy: 'True' },
    children: [],
  };
}

function simpleImputer({ params: { missingValues, strategy } }: SimpleImputerState): Described {
  return {
    className: 'SimpleImputer',
    params: [
      ['missing_values', { nan: 'nan', none: 'None', empty: "''" }[missingValues]],
      ['strategy', pyStringRepr(strategy)],
    ],
    defaults: { missing_values: 'nan', strategy: "'mean'" },
    fixed: { add_indicator: 'False', copy: 'True', fill_value: 'None', keep_empty_features: 'False' },
    children: [],
  };
}

function oneHotEncoder({ params: { handleUnknown } }: OneHotEncoderState): Described {
  return {
    className: 'OneHotEncoder',
    params: [
      ['handle_unknown', pyStringRepr(handleUnknown)],
      ['sparse_output', 'False'],
    ],
    defaults: { handle_unknown: "'error'", sparse_output: 'True' },
    fixed: {
      categories: 'auto',
      drop: 'None',
      dtype: "<class 'numpy.float64'>",
      feature_name_combiner: 'concat',
      max_categories: 'None',
      min_frequency: 'None',
    },
    children: [],
  };
}

function logisticRegression({ params }: LogisticRegressionState): Described {
  return {
    className: 'LogisticRegression',
    params: [
      ['C', pyFloatRepr(params.C)],
      ['class_weight', params.classWeight === null ? 'None' : pyStringRepr(params.classWeight)],
      ['max_iter', String(params.maxIter)],
      ['solver', pyStringRepr(params.solver)],
      ['tol', pyFloatRepr(params.tol)],
    ],
    defaults: { C: '1.0', class_weight: 'None', max_iter: '100', solver: "'lbfgs'", tol: '0.0001' },
    fixed: {
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
    children: [],
  };
}

function fixedThresholdClassifier(
  { params, classifier }: FixedThresholdClassifierState,
  columns: readonly string[],
): Described {
  return {
    className: 'FixedThresholdClassifier',
    params: [
      ['estimator', estimatorRepr(describe(classifier, columns))],
      ['pos_label', labelRepr(params.posLabel, classifier.fitted.classesDtype)],
      ['response_method', pyStringRepr('predict_proba')],
      ['threshold', pyFloatRepr(params.threshold)],
    ],
    defaults: { pos_label: 'None', response_method: "'auto'", threshold: "'auto'" },
    fixed: {},
    children: [['estimator', classifier]],
  };
}

function labelRepr(label: ClassLabel | null, dtype: ClassesDtype): PyRepr {
  if (label === null) return 'None';
  if (typeof label === 'string') return { text: label };
  if (dtype === 'bool') return pyBoolRepr(label === 1);
  return dtype === 'float64' ? pyFloatRepr(label) : String(label);
}

/** Cuts as MLflow's own client does. Both count characters, not UTF-16 units. */
function cut(value: string, charsMax: number): string {
  if (value.length <= charsMax) return value;
  const characters = [...value];
  return characters.length <= charsMax ? value : `${characters.slice(0, charsMax - 3).join('')}...`;
}
