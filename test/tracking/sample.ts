import type { ColumnInfo } from '../../src/values/dataset.ts';
import type { LogisticRegressionState, PipelineState } from '../../src/values/pipelineState.ts';
import type { TrackedRun } from '../../src/values/run.ts';

/** What scikit-learn 1.9 fits on data/diabetes.csv, split as the original does it, with C = 1. */
const SCALER = {
  dataMin: [0, 0, 0, 0, 0, 0, 0.078, 21],
  dataMax: [15, 199, 122, 63, 744, 59.4, 2.42, 81],
  dataRange: [15, 199, 122, 63, 744, 59.4, 2.342, 60],
  scale: [
    0.06666666666666667, 0.005025125628140704, 0.00819672131147541, 0.015873015873015872,
    0.0013440860215053765, 0.016835016835016835, 0.4269854824935952, 0.016666666666666666,
  ],
  min: [0, 0, 0, 0, 0, 0, -0.033304867634500426, -0.35],
};
const COEF = [
  1.2445775299571915, 4.101283360073143, -0.46170276422270495, 0.22486275390761298, -0.10130600908662325,
  2.8098291315757957, 1.2774637361707872, 0.8294871880840691,
];

const REAL_COLUMNS = ['BMI', 'DiabetesPedigreeFunction'];
const FEATURES: readonly ColumnInfo[] = [
  'Pregnancies',
  'Glucose',
  'BloodPressure',
  'SkinThickness',
  'Insulin',
  'BMI',
  'DiabetesPedigreeFunction',
  'Age',
].map((name) => ({ name, type: REAL_COLUMNS.includes(name) ? 'double' : 'long' }));

/** The first five rows of the file, and the labels that scikit-learn predicts for them. */
export const SAMPLE_ROWS = [
  [6, 148, 72, 35, 0, 33.6, 0.627, 50],
  [1, 85, 66, 29, 0, 26.6, 0.351, 31],
  [8, 183, 64, 0, 0, 23.3, 0.672, 32],
  [1, 89, 66, 23, 94, 28.1, 0.167, 21],
  [0, 137, 40, 35, 168, 43.1, 2.288, 33],
];
export const SAMPLE_LABELS = [1, 0, 1, 0, 1];
export const SAMPLE_COLUMNS = FEATURES.map(({ name }) => name);

export function samplePipeline(params: Partial<LogisticRegressionState['params']> = {}): PipelineState {
  return {
    estimator: 'Pipeline',
    featureNamesIn: SAMPLE_COLUMNS,
    steps: [
      [
        'scaler',
        {
          estimator: 'MinMaxScaler',
          params: { featureRange: [0, 1], clip: false },
          fitted: { nFeaturesIn: 8, nSamplesSeen: 537, ...SCALER },
        },
      ],
      [
        'model',
        {
          estimator: 'LogisticRegression',
          params: { C: 1, tol: 1e-4, maxIter: 100, solver: 'lbfgs', classWeight: null, ...params },
          fitted: {
            nFeaturesIn: 8,
            classes: [0, 1],
            classesDtype: 'int64',
            coef: [COEF],
            intercept: [-5.30239299042512],
            nIter: 9,
            converged: true,
          },
        },
      ],
    ],
  };
}

/** Every metric has a value of its own, with all its digits, so that none can stand for another. */
function metricSet(offset: number) {
  return {
    accuracy_score: offset + 0.1 + 1 / 3e3,
    precision_score: offset + 0.2 + 1 / 3e3,
    recall_score: offset + 0.3 + 1 / 3e3,
    f1_score: offset + 0.4 + 1 / 3e3,
    log_loss: offset + 0.5 + 1 / 3e3,
    roc_auc: offset + 0.6 + 1 / 3e3,
    score: offset + 0.7 + 1 / 3e3,
  };
}

export function sampleRun(overrides: Partial<TrackedRun> = {}): TrackedRun {
  return {
    experimentName: 'Diabetes',
    runName: 'Train-Run-Mon-Nov-23-01:49:33-2026',
    modelName: 'diabetes-model',
    registeredModelName: 'Diabetes_Train-Run_Mon-Nov-23-01.49.33-2026',
    tags: { team: 'clinic', 'mlflow.note.content': 'Größe "XL"' },
    extraParams: { test_size: '0.3', random_state: '123', stratify: 'False' },
    fileName: 'diabetes größe.csv',
    startTimeMs: 1_795_407_178_082,
    dataset: {
      rows: 768,
      columns: [...FEATURES, { name: 'Outcome', type: 'long' }],
      target: 'Outcome',
      features: FEATURES,
      digest: '0123456789abcdef0123456789abcdef',
      summaries: [
        { name: 'Glucose', min: 0, max: 199, mean: 120.89, std: 31.97, quartiles: [99, 117, 140.25] },
      ],
      classCounts: [
        { label: 0, count: 500 },
        { label: 1, count: 268 },
      ],
    },
    parts: [
      { context: 'train', rows: 537, digest: '0123456789abcdef0123456789abcde1' },
      { context: 'test', rows: 231, digest: '0123456789abcdef0123456789abcde2' },
    ],
    signature: 'inferred',
    solver: { name: 'lbfgs', iterations: 9, converged: true },
    warnings: [],
    inputExample: { columns: SAMPLE_COLUMNS, data: SAMPLE_ROWS },
    rounded: { accuracy: 0.79, entropy: 0.48, precision: 0.81, recall: 0.59 },
    training: metricSet(0),
    test: metricSet(0.01),
    ...overrides,
  };
}
