import { ctime } from '../ctime.ts';
import { NotFittedError, ValueError } from './errors.ts';
import type { ClassifierFitOptions, Labels } from './estimator.ts';
import { LogisticRegression, type LogisticRegressionOptions } from './logisticRegression.ts';
import { type MatrixLike, toMatrix } from './matrix.ts';
import { accuracyScore, logLoss, precisionScore, recallScore } from './metrics.ts';
import { MinMaxScaler } from './minMaxScaler.ts';
import type { ModelLog, RunNames } from './modelLog.ts';
import { Pipeline } from './pipeline.ts';
import { pyRound } from './pyRound.ts';
import type { EstimatorState, PipelineState } from './state.ts';

/** A name and an estimator that can be written down as plain data. */
type StatefulStep = readonly [name: string, estimator: MinMaxScaler | LogisticRegression];

interface TrainingFitOptions extends ClassifierFitOptions {
  /** Names of X's columns, in order; `x0`, `x1`, ... where they are not given, as scikit-learn names them. */
  readonly featureNames?: readonly string[];
}

export interface RoundedMetrics {
  readonly accuracy: number;
  /** Log loss, in nats. */
  readonly entropy: number;
  readonly precision: number;
  readonly recall: number;
}

const DECIMALS = 2;

/**
 * A pipeline that also rates its predictions, makes its model's name and logs it. Nothing here knows where the log is.
 */
export class TrainingPipeline extends Pipeline {
  declare readonly steps: readonly StatefulStep[];
  #featureNamesIn: readonly string[] | undefined;

  /** @param steps stored as they are; `fit` checks them */
  constructor(steps: readonly StatefulStep[]) {
    super(steps);
  }

  /** A `MinMaxScaler` named `scaler` before a `LogisticRegression` named `model`. */
  static withDefaults(options: LogisticRegressionOptions = {}): TrainingPipeline {
    return new TrainingPipeline([
      ['scaler', new MinMaxScaler()],
      ['model', new LogisticRegression(options)],
    ]);
  }

  static fromState({ featureNamesIn, steps }: PipelineState): TrainingPipeline {
    const pipeline = new TrainingPipeline(steps.map(([name, state]) => [name, stepFromState(state)]));
    pipeline.#featureNamesIn = [...featureNamesIn];
    return pipeline;
  }

  /** As `Pipeline.fit`. @throws ValueError also where `featureNames` are not one a column, or doubled */
  override fit(X: MatrixLike, y: Labels, options: TrainingFitOptions = {}): this {
    const matrix = toMatrix(X);
    const { featureNames, ...classifierOptions } = options;
    const names = featureNames ?? matrix.columns.map((_, j) => `x${j}`);
    if (names.length !== matrix.nFeatures || new Set(names).size !== names.length) {
      throw new ValueError(
        `featureNames must be ${matrix.nFeatures} different names, one a column. Got ${names.length}.`,
      );
    }
    super.fit(matrix, y, classifierOptions);
    this.#featureNamesIn = [...names];
    return this;
  }

  /**
   * Accuracy, log loss, precision and recall of predictions, rounded to two decimals as Python's `round` does. Precision
   * and recall are those of one label where there are two classes, else the classes' mean by their rows.
   * @param yPredProba shape `(nSamples, nClasses)`, columns in the order of `classes_`
   * @param positive the label; the larger one if it is not given
   * @throws NotFittedError, ValueError where lengths or labels do not fit
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

  /** `<experiment>_<run>_<local time>`, with a dot for each `:` and `/`, which MLflow 3 refuses in a model's name. */
  makeModelName(experimentName: string, runName: string, now: Date = new Date()): string {
    return `${experimentName}_${runName}_${ctime(now)}`.replaceAll(/[:/]/g, '.');
  }

  /** Hands the fitted pipeline to the log, as data, and returns what the log answers. @throws NotFittedError */
  async logModel<Run extends RunNames, Logged>(log: ModelLog<Run, Logged>, run: Run): Promise<Logged> {
    return log.logModel(this.toState(), run);
  }

  /** The fitted pipeline as plain data, its own copy. @throws NotFittedError */
  toState(): PipelineState {
    if (this.#featureNamesIn === undefined) throw new NotFittedError('TrainingPipeline');
    const steps = this.steps.map(([name, step]) => [name, step.toState()] as const);
    return { featureNamesIn: [...this.#featureNamesIn], steps };
  }
}

function stepFromState(state: EstimatorState): MinMaxScaler | LogisticRegression {
  return state.estimator === 'MinMaxScaler'
    ? MinMaxScaler.fromState(state)
    : LogisticRegression.fromState(state);
}
