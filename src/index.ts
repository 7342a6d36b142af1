/** trainpost without a server: scikit-learn's split, scaler, logistic regression, pipeline and metrics. */
export { type CsvOptions, parseCsv, type RawTable } from './data/csv.ts';
export { type Dataset, type Roles, toDataset } from './data/dataset.ts';
export type { CsvFormat } from './data/sniff.ts';
export { type Split, trainTestSplit } from './data/split.ts';
export type { TableLimits } from './data/tableLimits.ts';
export type { Target } from './data/target.ts';
export { DataError, FieldError, NotATableError } from './errors.ts';
export { NotFittedError, ValueError } from './ml/errors.ts';
export type { Classifier, Estimator, Labels, Params, Transformer } from './ml/estimator.ts';
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
export { Pipeline, type Step } from './ml/pipeline.ts';
export type { PipelineState } from './ml/state.ts';
export { TrainingPipeline } from './ml/trainingPipeline.ts';
