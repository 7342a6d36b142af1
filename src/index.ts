/** trainpost as a library, without a server: scikit-learn's split, transformers, logistic regression, pipelines and metrics. */
export { type Arrays, toArrays } from './data/arrays.ts';
export { columnsToReadAsText, type Dataset, type Feature, type Roles, toDataset } from './data/dataset.ts';
export { type ReadOptions, readTable, TableReading } from './data/readTable.ts';
export { readCodes, readNumbers } from './data/segments.ts';
export type { CsvFormat } from './data/sniff.ts';
export { type Split, trainTestSplit } from './data/split.ts';
export type { Table, TableColumn } from './data/table.ts';
export { TABLE_LIMITS, type TableLimits } from './data/tableLimits.ts';
export type { Target } from './data/target.ts';
export { DataError, FieldError, NotATableError } from './errors.ts';
export type { ColumnStepsOptions } from './ml/columnSteps.ts';
export { type Branch, ColumnTransformer } from './ml/columnTransformer.ts';
export { DenseNumericColumn, DenseTextColumn, toFrame } from './ml/denseColumn.ts';
export { NotFittedError, ValueError } from './ml/errors.ts';
export type { Classifier, Estimator, Input, Params, Transformer } from './ml/estimator.ts';
export {
  FixedThresholdClassifier,
  type FixedThresholdOptions,
} from './ml/fixedThresholdClassifier.ts';
export type { Frame, FrameColumn, NumericColumn, TextColumn } from './ml/frame.ts';
export type { Labels } from './ml/labels.ts';
export { LogisticRegression, type LogisticRegressionOptions } from './ml/logisticRegression.ts';
export { type Matrix, type MatrixLike, takeRows, toMatrix } from './ml/matrix.ts';
export {
  accuracyScore,
  type ClassificationMetrics,
  classificationMetrics,
  f1Score,
  logLoss,
  type MetricSet,
  precisionScore,
  recallScore,
  rocAucScore,
} from './ml/metrics.ts';
export { MinMaxScaler } from './ml/minMaxScaler.ts';
export type { ModelLog, RunNames } from './ml/modelLog.ts';
export { OneHotEncoder } from './ml/oneHotEncoder.ts';
export { Pipeline, type Step } from './ml/pipeline.ts';
export { SimpleImputer } from './ml/simpleImputer.ts';
export { TrainingPipeline } from './ml/trainingPipeline.ts';
export type { PipelineState } from './values/pipelineState.ts';
export type { Missing } from './values/plan.ts';
