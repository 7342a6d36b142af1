import { withThreshold } from '../../../src/ml/fixedThresholdClassifier.ts';
import type { ModelOrigin } from '../../../src/tracking/modelFiles/index.ts';
import type { ColumnInfo, InputExample } from '../../../src/values/dataset.ts';
import type {
  FixedThresholdClassifierState,
  LogisticRegressionState,
  MinMaxScalerState,
  PipelineState,
} from '../../../src/values/pipelineState.ts';

export type Cell = number | string | null;

/** Fitted pipelines as an engine would hand them over, with rows to score: made by hand, so that each has its oddity. */
export interface ModelCase {
  readonly name: string;
  readonly features: readonly ColumnInfo[];
  /** Numbers and texts, and null for a missing cell. */
  readonly rows: readonly (readonly Cell[])[];
  /** Labels of the first rows, if the pipeline was really fitted on the rows. */
  readonly labels?: readonly (number | string)[];
  readonly pipeline: PipelineState;
  readonly inputExample: InputExample;
  readonly origin: ModelOrigin;
  /** The solver that a refit in Python is to use. */
  readonly pythonSolver: string;
  /** Name and element type of the ONNX file's outputs. */
  readonly outputs: readonly (readonly [name: string, type: string])[];
}

interface Oddities {
  readonly columns?: readonly string[];
  readonly classes?: readonly (number | string)[];
  readonly classesDtype?: LogisticRegressionState['fitted']['classesDtype'];
  readonly scaler?: Partial<MinMaxScalerState['params']>;
  readonly model?: Partial<LogisticRegressionState['params']>;
  /** Multiplies the coefficients: probabilities that touch 0 and 1. */
  readonly steepness?: number;
  /** Index of a column that has one value only. */
  readonly constant?: number;
  readonly pythonSolver?: string;
  readonly threshold?: FixedThresholdClassifierState['params'];
  /** Names of the classes in the ONNX file, where they are not just the classes. */
  readonly classNames?: readonly string[];
  /** Names of the outputs of the ONNX file, if columns have the usual ones. */
  readonly outputNames?: readonly string[];
}

const ROWS = 40;
/** The scaler has seen fewer than are scored: some rows lie outside of its range. */
const ROWS_FITTED = 10;
/** First column whole numbers, the others real. */
const COLUMNS = ['Pregnancies', 'BMI', 'DiabetesPedigreeFunction'];

export const ORIGIN: ModelOrigin = {
  target: 'Größe "y"',
  trained: { digest: '0'.repeat(32), trainDigest: '1'.repeat(32), trainRows: 10, testRows: 5 },
  profile: [],
};

export function modelCase(name: string, oddities: Oddities = {}): ModelCase {
  const { columns = COLUMNS, classes = [0, 1], classesDtype = 'int64', steepness = 3 } = oddities;
  const random = sequence(20231123);
  const rows = Array.from({ length: ROWS }, () =>
    columns.map((_, column) => {
      if (column === oddities.constant) return 7;
      return column === 0 ? Math.floor(random() * 18) : random() * 10 ** column - 3;
    }),
  );
  const outputs = classes.length === 2 ? 1 : classes.length;
  const coefficient = () => steepness * (random() - 0.5);
  const regression: PipelineState = {
    estimator: 'Pipeline',
    featureNamesIn: columns,
    steps: [
      [
        'scaler',
        scaler(rows.slice(0, ROWS_FITTED), { featureRange: [0, 1], clip: false, ...oddities.scaler }),
      ],
      [
        'model',
        {
          estimator: 'LogisticRegression',
          params: { C: 1, tol: 1e-4, maxIter: 200, solver: 'lbfgs', classWeight: null, ...oddities.model },
          fitted: {
            nFeaturesIn: columns.length,
            classes,
            classesDtype,
            coef: Array.from({ length: outputs }, () => columns.map(coefficient)),
            intercept: Array.from({ length: outputs }, coefficient),
            nIter: 17,
            converged: true,
          },
        },
      ],
    ],
  };
  const { threshold } = oddities;
  const pipeline = threshold === undefined ? regression : withThreshold(regression, threshold);
  const features = columns.map((column, index) => ({
    name: column,
    type: index === 0 ? ('long' as const) : ('double' as const),
  }));
  const elementType = { int64: 'int64', float64: 'double', bool: 'bool', object: 'string' }[classesDtype];
  const classNames = oddities.classNames ?? classes.map(String);
  const outputNames = oddities.outputNames ?? ['label', ...classNames.map((label) => `probability_${label}`)];
  return {
    name,
    features,
    rows,
    pipeline,
    inputExample: { columns, data: rows.slice(0, 3) },
    origin: ORIGIN,
    pythonSolver: oddities.pythonSolver ?? 'lbfgs',
    outputs: outputNames.map((output, place) => [output, place === 0 ? elementType : 'double'] as const),
  };
}

/** As scikit-learn fits it: a column of one value is scaled as if its range were 1. */
function scaler(
  rows: readonly (readonly number[])[],
  params: MinMaxScalerState['params'],
): MinMaxScalerState {
  const [low, high] = params.featureRange;
  const columns = rows[0]!.map((_, column) => rows.map((row) => row[column]!));
  const dataMin = columns.map((values) => Math.min(...values));
  const dataMax = columns.map((values) => Math.max(...values));
  const dataRange = dataMax.map((max, column) => max - dataMin[column]!);
  const scale = dataRange.map((range) => (high - low) / (range || 1));
  const min = scale.map((factor, column) => low - dataMin[column]! * factor);
  return {
    estimator: 'MinMaxScaler',
    params,
    fitted: {
      nFeaturesIn: columns.length,
      nSamplesSeen: rows.length,
      dataMin,
      dataMax,
      dataRange,
      scale,
      min,
    },
  };
}

/** Numbers in [0, 1), the same in each run (Park and Miller's minimal standard generator). */
export function sequence(seed: number): () => number {
  const modulus = 2 ** 31 - 1;
  let state = seed;
  return () => {
    state = (state * 48271) % modulus;
    return state / modulus;
  };
}

export const MODEL_CASES: readonly ModelCase[] = [
  modelCase('two whole-number classes, balanced', {
    model: { classWeight: 'balanced', C: 0.1, maxIter: 100 },
  }),
  modelCase('two text classes', { classes: ['Größe "XL"', "l'été 🌞"], classesDtype: 'object' }),
  modelCase('three classes', { classes: [-1, 0, 9007199254740991] }),
  modelCase('three text classes by newton-cholesky', {
    classes: ['a', 'b', 'c'],
    classesDtype: 'object',
    model: { solver: 'newton-cholesky' },
  }),
  modelCase('two classes by newton-cholesky', {
    model: { solver: 'newton-cholesky' },
    pythonSolver: 'newton-cholesky',
  }),
  modelCase('two classes without a penalty', { model: { C: Number.POSITIVE_INFINITY } }),
  modelCase('two classes by gradient-descent', { model: { solver: 'gradient-descent' } }),
  modelCase('two real-number classes', {
    classes: [1, 2],
    classesDtype: 'float64',
    classNames: ['1.0', '2.0'],
  }),
  modelCase('two boolean classes', { classesDtype: 'bool', classNames: ['False', 'True'] }),
  modelCase('three real-number classes', {
    classes: [-1, 0, 30],
    classesDtype: 'float64',
    classNames: ['-1.0', '0.0', '30.0'],
  }),
  modelCase('odd column names', {
    columns: [
      'a b',
      'Größe',
      'say "hi"',
      "it's",
      '_c0',
      '___Concat',
      'a\\b',
      '\u2028 \u0085',
      '🌞',
      '1',
      'no',
      'a.b/c:d',
    ],
  }),
  modelCase('a constant column', { constant: 1 }),
  modelCase('clip and another feature range', { scaler: { featureRange: [-1, 2.5], clip: true } }),
  modelCase('certain answers', { steepness: 3000, classes: [0, 1, 2] }),
  modelCase('certain answers of two', { steepness: 3000 }),
  modelCase('one column', { columns: ['x'] }),
  modelCase('columns named as outputs', {
    columns: ['label', 'probability_0', 'x', 'label_'],
    outputNames: ['label__', 'probability_0_', 'probability_1'],
  }),
  modelCase('rare events', { steepness: 600 }),
  modelCase('rare events of three classes', { steepness: 60, classes: [0, 1, 2] }),
];

/** Pipelines with a threshold, which scikit-learn loads from 1.5 on. */
export const THRESHOLD_CASES: readonly ModelCase[] = [
  modelCase('a threshold of whole-number classes', { threshold: { threshold: 0.3, posLabel: 1 } }),
  modelCase('a threshold of the smaller class', { threshold: { threshold: 0.3, posLabel: 0 } }),
  modelCase('a threshold of a text class', {
    classes: ['Größe "XL"', "l'été 🌞"],
    classesDtype: 'object',
    threshold: { threshold: 0.7, posLabel: "l'été 🌞" },
  }),
  modelCase('a threshold of the smaller text class', {
    classes: ['Größe\n"XL"', "l'été"],
    classesDtype: 'object',
    threshold: { threshold: 0.2, posLabel: 'Größe\n"XL"' },
  }),
  modelCase('a threshold of real-number classes', {
    classes: [1, 2],
    classesDtype: 'float64',
    classNames: ['1.0', '2.0'],
    threshold: { threshold: 0.123456789012345, posLabel: 2 },
  }),
  modelCase('a threshold of boolean classes', {
    classesDtype: 'bool',
    classNames: ['False', 'True'],
    threshold: { threshold: 0.6, posLabel: 1 },
  }),
  modelCase('a threshold of the class False', {
    classesDtype: 'bool',
    classNames: ['False', 'True'],
    threshold: { threshold: 0.6, posLabel: 0 },
  }),
  modelCase('a threshold of the class by default', { threshold: { threshold: 0.25, posLabel: null } }),
  modelCase('a threshold that every row reaches', { threshold: { threshold: 0, posLabel: 1 } }),
  modelCase('a threshold that certain answers reach', {
    steepness: 3000,
    threshold: { threshold: 1, posLabel: 1 },
  }),
  modelCase('a threshold, by newton-cholesky and balanced', {
    model: { solver: 'newton-cholesky', classWeight: 'balanced', C: 0.1 },
    pythonSolver: 'newton-cholesky',
    threshold: { threshold: 0.4, posLabel: 1 },
  }),
];
