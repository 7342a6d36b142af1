import type { ClassLabel, DatasetInfo, InputExample, TestFileInfo } from './dataset.ts';
import type { ErrorData } from './errorData.ts';
import type { Holdout } from './holdout.ts';
import type { Intervals } from './intervals.ts';
import type { ColumnBins } from './loadedModel.ts';
import type { MetricSet, RoundedMetrics } from './metrics.ts';
import type { PipelineState } from './pipelineState.ts';
import type { LossPoint, SolverInfo } from './result.ts';

/** What a model's signature says about numbers; `none`: the model has no signature. */
export type SignatureKind = 'inferred' | 'any' | 'none';

/** The rows of a data set that a run used for one purpose. */
export interface DatasetPart {
  readonly context: 'train' | 'test';
  readonly rows: number;
  /** 32 hex digits, which are the same for the same rows of the same file. */
  readonly digest: string;
  /** The file of the rows and its name, without a path, if the rows are not in the training file. */
  readonly file?: TestFileInfo & { readonly fileName: string };
}

/** How one fitted model did, as far as a run of MLflow says so. */
export interface RunMeasures {
  readonly solver: SolverInfo;
  /** Codes of warnings. */
  readonly warnings: readonly string[];
  readonly rounded: RoundedMetrics;
  /** Metrics by name, the client's own ones included. An undefined metric is NaN. */
  readonly training: MetricValues;
  readonly test: MetricValues;
  /** As `losses` of a `FittedCandidate`. */
  readonly losses?: readonly LossPoint[];
  /** Intervals of the test metrics; the main run has them. */
  readonly intervals?: Intervals;
  /** If there are folds. */
  readonly cv?: FoldMeasures;
}

/** The test metrics of each fold, with their mean and standard deviation (`ddof=0`). */
export interface FoldMeasures {
  readonly folds: readonly MetricValues[];
  readonly mean: MetricValues;
  readonly std: MetricValues;
}

export type MetricValues = MetricSet & Readonly<Record<string, number>>;

/** A run below the main run: a candidate of a sweep. */
export interface ChildRun {
  readonly name: string;
  /** As `extraParams` of a `TrackedRun`. */
  readonly params: Readonly<Record<string, string>>;
  /** With the candidate's own params; it is fitted if `logsModel`. */
  readonly pipeline: PipelineState;
  readonly logsModel: boolean;
  readonly outcome: RunMeasures | ErrorData;
}

/** `page`: `report.html`; `full`: each plot as a file of its own too. */
export type ReportKind = 'page' | 'full';

/** A file below a run's artifacts. */
export interface RunFile {
  readonly path: string;
  readonly text: string;
}

/** Everything that is logged for one training, apart from the fitted pipeline. */
export interface TrackedRun extends RunMeasures {
  readonly experimentName: string;
  readonly runName: string;
  /** Name of the logged model (its artifact path in MLflow 2). */
  readonly modelName: string;
  readonly registeredModelName: string;
  readonly alias?: string;
  /** What came of the gates. If one failed, no version is registered, and the alias stays. */
  readonly gate?: 'passed' | 'failed';
  /** Id of the run whose settings the training took. */
  readonly reproduces?: string;
  /** Name and commit that the client gives, instead of the service's own. */
  readonly user?: string;
  readonly gitCommit?: string;
  /** The client's own tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** Params in addition to the pipeline's, as text, by their names in MLflow: `test_size`, `random_state`, `stratify`. */
  readonly extraParams?: Readonly<Record<string, string>>;
  /** Name of the uploaded file, without a path. */
  readonly fileName: string;
  /** Milliseconds since 1970. */
  readonly startTimeMs: number;
  readonly dataset: DatasetInfo;
  /** The training rows and the test rows. */
  readonly parts: readonly DatasetPart[];
  /** How the test rows were chosen. */
  readonly holdout?: Holdout;
  readonly signature: SignatureKind;
  /** The label that precision, recall, F1 and ROC AUC refer to; with two classes only. */
  readonly positive?: ClassLabel;
  /** Bins of each feature in the training rows. */
  readonly profile?: readonly ColumnBins[];
  readonly inputExample: InputExample;
  /** The run's description in Markdown. MLflow shows it on the run's page, and with the registered version. */
  readonly note?: string;
  /** Files beside the model. */
  readonly files?: readonly RunFile[];
  /** Which files are drawn from `report.json`, one of `files`, on the way to MLflow. */
  readonly report?: ReportKind;
  /** In the order of the sweep. */
  readonly children?: readonly ChildRun[];
}

/** A model that an alias moves to, because an evaluation's gates hold. */
export interface Promotion {
  readonly registeredModelName: string;
  readonly alias: string;
  /** The model's version of the registered model, if it was addressed by one. Otherwise its version is searched for, or made. */
  readonly version?: string;
  /** The run that logged the model. */
  readonly runId: string;
  /** MLflow 3: the id of the logged model. */
  readonly modelId?: string;
}

/** Everything that is logged for one evaluation of a model that was trained before. */
export interface EvaluatedRun {
  readonly experimentName: string;
  readonly runName: string;
  /** Name and commit that the client gives, instead of the service's own. */
  readonly user?: string;
  readonly gitCommit?: string;
  /** The client's own tags. */
  readonly tags: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  /** Name of the uploaded file, without a path. */
  readonly fileName: string;
  /** Milliseconds since 1970. */
  readonly startTimeMs: number;
  readonly data: TestFileInfo & { readonly target: string };
  /** Metrics by name, the client's own ones included. An undefined metric is NaN. */
  readonly test: MetricValues;
  readonly intervals: Intervals;
  /** What came of the gates, if there are any. */
  readonly gate?: 'passed' | 'failed';
  /** If the form asks for one, and all gates hold. */
  readonly promotion?: Promotion;
  /** MLflow 3: the id of the logged model, to which the metrics belong. */
  readonly modelId?: string;
  /** Codes of warnings. */
  readonly warnings: readonly string[];
  /** The run's description in Markdown. */
  readonly note: string;
}

/** Where to find a training or an evaluation in MLflow. */
export interface LoggedRun {
  readonly runId: string;
  readonly runName: string;
  readonly runUrl: string;
  readonly experimentId: string;
  /** Missing in receipts of earlier versions. */
  readonly experimentUrl?: string;
  /** `runs:/<run id>/<model name>`; missing if the run has no model. */
  readonly modelUri?: string;
  /** The registered version; missing if a gate failed. */
  readonly registeredModelName?: string;
  readonly modelVersion?: string;
  readonly modelUrl?: string;
  /** The runs of a sweep's candidates, in its order; null for a run that somebody deleted. */
  readonly children?: readonly (LoggedChild | null)[];
}

interface LoggedChild {
  readonly runId: string;
  readonly runName: string;
  readonly runUrl: string;
  /** If the candidate's model is logged. */
  readonly modelUri?: string;
}
