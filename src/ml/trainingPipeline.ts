import { ctime } from '../python/ctime.ts';
import { pyRound } from '../python/round.ts';
import type { RoundedMetrics } from '../values/metrics.ts';
import type { PipelineState } from '../values/pipelineState.ts';
import { type ColumnStepsOptions, columnSteps } from './columnSteps.ts';
import { NotFittedError, ValueError } from './errors.ts';
import type { ClassifierFitOptions, Input } from './estimator.ts';
import { FixedThresholdClassifier } from './fixedThresholdClassifier.ts';
import type { FrameColumn } from './frame.ts';
import type { Classes, Labels } from './labels.ts';
import { LogisticRegression, type LogisticRegressionOptions } from './logisticRegression.ts';
import { isFrame, type MatrixLike, toMatrix } from './matrix.ts';
import { accuracyScore, logLoss, type MetricSet, precisionScore, recallScore } from './metrics.ts';
import { MinMaxScaler } from './minMaxScaler.ts';
import type { ModelLog, RunNames } from './modelLog.ts';
import { Pipeline } from './pipeline.ts';
import { restoreSteps } from './restore.ts';

interface TrainingFitOptions extends ClassifierFitOptions {
  /** Names of X's columns, in order. Default: `x0`, `x1`, ..., like scikit-learn. */
  readonly featureNames?: readonly string[];
}

const DECIMALS = 2;

/** The original's four metrics of a set of rows, rounded like Python's `round`. */
export function roundedMetrics(metrics: MetricSet): RoundedMetrics {
  return {
    accuracy: pyRound(metrics.accuracy_score, DECIMALS),
    entropy: pyRound(metrics.log_loss, DECIMALS),
    precision: pyRound(metrics.precision_score, DECIMALS),
    recall: pyRound(metrics.recall_score, DECIMALS),
  };
}

/**
 * Returns `<experiment>_<run>_<local time>`. A dot replaces each `:` and `/`, which MLflow 3 rejects in model names.
 */
export function makeModelName(experimentName: string, runName: string, now: Date): string {
  return `${experimentName}_${runName}_${ctime(now)}`.replaceAll(/[:/]/g, '.');
}

/** Checks the names, or makes some, one for each column. */
function namedInput(X: Input, featureNames: readonly string[] | undefined) {
  const input = isFrame(X) ? X : toMatrix(X, { allowMissing: true });
  const nFeatures = input.columns.length;
  const names = featureNames ?? Array.from({ length: nFeatures }, (_, j) => `x${j}`);
  if (names.length !== nFeatures || new Set(names).size !== names.length) {
    throw new ValueError(
      `featureNames must be ${nFeatures} different names, one a column. Got ${names.length}.`,
    );
  }
  return { input, names: [...names] };
}

/** A pipeline that also computes metrics, names its model and logs it. It does not know which log it writes to. */
export class TrainingPipeline extends Pipeline {
  #featureNamesIn: readonly string[] | undefined;

  /** Creates a pipeline of a `MinMaxScaler` named `scaler` and a `LogisticRegression` named `model`. */
  static withDefaults(options: LogisticRegressionOptions = {}): TrainingPipeline {
    return new TrainingPipeline([
      ['scaler', new MinMaxScaler()],
      ['model', new LogisticRegression(options)],
    ]);
  }

  /**
   * Creates the pipeline for these columns: encoders for text, imputers for missing values, and a
   * `LogisticRegression` named `model`. See `columnSteps`.
   * @param columns the columns of the frame to be fitted, or just their kinds
   */
  static forColumns(
    columns: readonly Pick<FrameColumn, 'kind'>[],
    options?: ColumnStepsOptions,
  ): TrainingPipeline {
    return new TrainingPipeline(columnSteps(columns, options));
  }

  static fromState({ featureNamesIn, steps }: PipelineState): TrainingPipeline {
    const pipeline = new TrainingPipeline(restoreSteps(steps));
    pipeline.#featureNamesIn = [...featureNamesIn];
    return pipeline;
  }

  /** As `Pipeline.fit`. @throws ValueError also if `featureNames` are not one a column or not unique */
  override fit(X: Input, y: Classes, options: TrainingFitOptions = {}): this {
    const { featureNames, ...classifierOptions } = options;
    const { input, names } = namedInput(X, featureNames);
    super.fit(input, y, classifierOptions);
    this.#featureNamesIn = names;
    return this;
  }

  /**
   * Fits several pipelines to the same rows. Their models share the passes, and each gets the numbers that `fit` would
   * give it.
   * @param pipelines that differ in their models only, which can be fitted together: see `LogisticRegression.fitTogether`
   * @throws ValueError as `fit`
   */
  static fitTogether(
    pipelines: readonly TrainingPipeline[],
    X: Input,
    y: Classes,
    options: TrainingFitOptions = {},
  ): void {
    const { featureNames, ...classifierOptions } = options;
    const { input, names } = namedInput(X, featureNames);
    // The transformers are fitted alike, so any one's output will do.
    const [transformed] = pipelines.map((pipeline) => pipeline.fitBeforeLast(input, y));
    const models = pipelines.map(({ model }) =>
      model instanceof FixedThresholdClassifier ? model.checkedEstimator(y) : model,
    );
    LogisticRegression.fitTogether(models, transformed!, y, classifierOptions);
    for (const pipeline of pipelines) pipeline.#featureNamesIn = names;
  }

  /** The last step. */
  get model(): LogisticRegression | FixedThresholdClassifier {
    return this.namedSteps['model'] as LogisticRegression | FixedThresholdClassifier;
  }

  /** The regression, which may stand inside the last step. */
  get regression(): LogisticRegression {
    return this.model instanceof FixedThresholdClassifier ? this.model.estimator : this.model;
  }

  /**
   * Accuracy, log loss, precision and recall of predictions, rounded to two decimals like Python's `round`.
   * For two classes, precision and recall describe one label. For more, they are means over the classes, weighted by
   * rows.
   * @param yPredProba shape `(nSamples, nClasses)`, columns in the order of `classes_`
   * @param positive the label that precision and recall describe. Default: the larger label.
   * @throws NotFittedError
   * @throws ValueError if lengths or labels do not match
   */
  getMetrics(
    yTrue: Labels,
    yPred: Labels,
    yPredProba: MatrixLike,
    positive?: number | string,
  ): RoundedMetrics {
    const classes = this.classes_;
    const labels = { classes, positive };
    return {
      accuracy: pyRound(accuracyScore(yTrue, yPred), DECIMALS),
      entropy: pyRound(logLoss(yTrue, toMatrix(yPredProba), classes), DECIMALS),
      precision: pyRound(precisionScore(yTrue, yPred, labels), DECIMALS),
      recall: pyRound(recallScore(yTrue, yPred, labels), DECIMALS),
    };
  }

  /** Same as the function `makeModelName`, which needs no pipeline. */
  makeModelName(experimentName: string, runName: string, now: Date = new Date()): string {
    return makeModelName(experimentName, runName, now);
  }

  /** Passes the fitted pipeline to the log as plain data and returns the log's answer. @throws NotFittedError */
  async logModel<Run extends RunNames, Logged>(log: ModelLog<Run, Logged>, run: Run): Promise<Logged> {
    return log.logModel(this.toState(), run);
  }

  /** Returns a copy of the fitted pipeline as plain data. @throws NotFittedError */
  override toState(): PipelineState {
    if (this.#featureNamesIn === undefined) throw new NotFittedError('TrainingPipeline');
    return { ...super.toState(), featureNamesIn: [...this.#featureNamesIn] };
  }
}
