/** A logged model that was read back from MLflow. */
import type { ClassesDtype, ClassLabel, ColumnInfo } from './dataset.ts';
import type { Holdout } from './holdout.ts';
import type { PipelineState } from './pipelineState.ts';

/** A feature or several in the bins of the training rows, to find out later whether a column's values have moved. */
export type ColumnBins =
  /** `counts[i]` rows lie above `edges[i - 1]` and up to `edges[i]`; the first and the last bin are open. */
  | {
      readonly name: string;
      readonly kind: 'number';
      readonly edges: readonly number[];
      readonly counts: readonly number[];
      readonly missing: number;
    }
  /** Rows by category; `others` counts the rows of categories that are not listed. */
  | {
      readonly name: string;
      readonly kind: 'text';
      readonly categories: readonly string[];
      readonly counts: readonly number[];
      readonly others: number;
      readonly missing: number;
    };

/** The flavor of a logged model that trainpost reads back: its name in `MLmodel`, its file, and the version of the file. */
export const MODEL_FLAVOR = { name: 'trainpost', file: 'model.json', version: 1 } as const;

/** The rows that a model was trained on. */
interface TrainedOn {
  /** The digest of the training file. */
  readonly digest: string;
  /** The digest of the training rows: the same for the same rows of the same file only. */
  readonly trainDigest: string;
  readonly trainRows: number;
  readonly testRows: number;
  /** How the training rows were chosen from the training file. */
  readonly holdout?: Holdout;
}

/** What `model.json` holds: everything about a model that a prediction or an evaluation needs. Plain data. */
export interface ModelDescription {
  readonly pipeline: PipelineState;
  /** The features in the pipeline's order, with the types of the training file. */
  readonly features: readonly ColumnInfo[];
  readonly target: {
    readonly name: string;
    readonly classes: readonly ClassLabel[];
    readonly dtype: ClassesDtype;
  };
  /** The label that precision, recall, F1 and ROC AUC refer to; with two classes only. */
  readonly positive?: ClassLabel;
  readonly trained: TrainedOn;
  readonly profile: readonly ColumnBins[];
}

/** Where a model stands in MLflow. */
export interface ModelPlace {
  /** The address that the client gave, or the default. */
  readonly uri: string;
  readonly name?: string;
  readonly version?: string;
  readonly runId?: string;
  readonly modelId?: string;
}

export interface LoadedModel {
  readonly place: ModelPlace;
  readonly description: ModelDescription;
}
