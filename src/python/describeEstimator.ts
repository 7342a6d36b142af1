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
import { type PyRepr, pyList, pyRepr, pyTuple } from './estimatorRepr.ts';
import { pyBoolRepr, pyFloatRepr, pyStringRepr } from './repr.ts';

/** An estimator as scikit-learn's `get_params` knows it. */
export interface Described {
  readonly className: string;
  /** Its parameters by scikit-learn's names; those of ours that can differ from the defaults, sorted by name. */
  readonly params: readonly (readonly [name: string, value: PyRepr])[];
  /** Their defaults, as `repr`; an argument that has its default is not printed. */
  readonly defaults: Readonly<Record<string, string>>;
  /**
   * Parameters that ours does not have: in the logged model they stand at their defaults (1.9.1), as `str`, so that runs
   * can be compared with those that `autolog` has logged.
   */
  readonly fixed: Readonly<Record<string, string>>;
  /** The estimators within, whose parameters are its own too, as `name__param`. */
  readonly children: readonly StepState[];
}

/** A fitted pipeline as Python prints it: `Pipeline(steps=[('scaler', MinMaxScaler()), ('model', LogisticRegression())])`. */
export function pipelineRepr({ steps, featureNamesIn }: PipelineState): string {
  return pyRepr(estimatorRepr(pipelineOf(steps, featureNamesIn)));
}

/** An estimator with the parameters that differ from their defaults. */
export function estimatorRepr({ className, params, defaults }: Described): PyRepr {
  const changed = params.filter(([name, value]) => pyRepr(value) !== defaults[name]);
  return { className, args: changed.map(([name, value]) => ({ name, value })) };
}

export function describe(state: EstimatorState, columns: readonly string[]): Described {
  switch (state.estimator) {
    case 'Pipeline':
      return pipelineOf(state.steps, columns);
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

export function pipelineOf(steps: readonly StepState[], columns: readonly string[]): Described {
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
