/** What other rooms know of models that are read back from MLflow. */
import type { ClassLabel } from '../values/dataset.ts';
import type { LoadedModel } from '../values/loadedModel.ts';

/** One feature's values: NaN and null are missing values. Booleans are the numbers 0 and 1. */
export type FeatureColumn = Float64Array | readonly (string | null)[];

export interface PredictOptions {
  /** Whether to compute `contributions`. */
  readonly explain?: boolean;
}

export interface Prediction {
  /** One label a row. The classes of a boolean target are 0 and 1 here. */
  readonly labels: ClassLabel[];
  /** Shape `(rows, nClasses)`, row after row, in the order of the classes. */
  readonly probabilities: Float64Array;
  readonly contributions?: Contributions;
}

/**
 * What each transformed feature adds to a score: coefficient x transformed value. The contributions of a row and the
 * intercept add up to the row's score.
 */
export interface Contributions {
  /** The features, in the order of the pipeline's output. A category of a text column is `<column>=<category>`. */
  readonly names: readonly string[];
  /** Shape `(rows, nScores, names)`, row after row. Two classes have one score; more classes have a score each. */
  readonly values: Float64Array;
  /** One for each score. */
  readonly intercepts: readonly number[];
}

export interface Predictor {
  /**
   * @param columns in the order of the model's features, each `rows` long
   * @throws DataError `cannot_be_predicted` for a missing value that the model does not fill in, and for an infinite value
   */
  predict(columns: readonly FeatureColumn[], rows: number, options?: PredictOptions): Prediction;
}

export interface ReadyModel {
  readonly model: LoadedModel;
  readonly predictor: Predictor;
  /** How long ago MLflow last said which version the alias points at, if MLflow does not answer now. In milliseconds. */
  readonly aliasAgeMs?: number;
}

export interface ModelStore {
  /**
   * Loads a model, or returns the loaded one.
   * @param uri `models:/NAME@ALIAS`, `models:/NAME/3`, `models:/m-...` or `runs:/ID/NAME`
   */
  load(uri: string): Promise<ReadyModel>;
}
