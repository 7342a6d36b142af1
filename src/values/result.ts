import type { Curves } from './curves.ts';
import type { ClassLabel, DatasetInfo, InputExample, SplitInfo, TestFileInfo } from './dataset.ts';
import type { ErrorData } from './errorData.ts';
import type { Inference } from './inference.ts';
import type { Difference, Intervals } from './intervals.ts';
import type { ColumnBins } from './loadedModel.ts';
import type { Measures } from './metrics.ts';
import type { PipelineState } from './pipelineState.ts';
import type { ModelSpec } from './plan.ts';
import type { Warning } from './warning.ts';

export interface SolverInfo {
  readonly name: string;
  readonly iterations: number;
  readonly converged: boolean;
}

/** The value that a solver minimises, after an iteration; iteration 0 is the start. */
export interface LossPoint {
  readonly iteration: number;
  readonly loss: number;
}

/** What one model comes to on the rows that it was fitted on, and on others. */
export interface Scores {
  readonly train: Measures;
  readonly test: Measures;
}

/** One model of a plan, fitted on the training rows and measured. */
export interface FittedCandidate extends Scores {
  readonly model: ModelSpec;
  readonly solver: SolverInfo;
  readonly warnings: readonly Warning[];
  /**
   * The mean log loss of the training rows plus the penalty `||w||^2 / (2 C sum of weights)`, by iteration: at most 200
   * points, the last iteration among them. Missing if the solver does not know its loss.
   */
  readonly losses?: readonly LossPoint[];
  /** The model's metrics in each fold, fitted on the other folds; if the plan asks for folds. */
  readonly folds?: readonly Scores[];
  /** If the plan keeps all pipelines, or if this candidate is the best. */
  readonly pipeline?: PipelineState;
}

/** A model that the rows do not allow. */
interface FailedCandidate {
  readonly model: ModelSpec;
  readonly problem: ErrorData;
}

export type Candidate = FittedCandidate | FailedCandidate;

/** A stage of the work, and the time that it took, in milliseconds. */
export interface StageTime {
  readonly name: string;
  readonly ms: number;
}

/** From which probability on a row is of the positive class, and where the number comes from. */
export interface ChosenThreshold {
  readonly value: number;
  /** `given`, or the objective as the client wrote it. */
  readonly by: string;
}

/** How a model does against another on the same rows: significantly or not. */
export type Verdict = 'better' | 'no_difference' | 'worse_within_noise' | 'significantly_worse';

/** An earlier model on the test rows of this training, and the best candidate against it. */
export interface ChampionResult {
  readonly measures: Measures;
  /** The best candidate minus the champion, by metric. */
  readonly paired: Readonly<Record<string, Difference>>;
  /** On the best candidate, by metric. A metric of the client's without a direction has no verdict. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** Test rows of this training that are training rows of the champion; missing if that is not known. */
  readonly rowsSeen?: number;
}

/** The result of a plan: plain data that can be sent between threads. */
export interface Result {
  /** The training file. */
  readonly data: DatasetInfo;
  /** The test file, if the plan's hold-out is one. */
  readonly testData?: TestFileInfo;
  readonly split: SplitInfo;
  readonly example: InputExample;
  /** The label that the plan names as positive. */
  readonly positive?: ClassLabel;
  /** Bins of each feature in the training rows. */
  readonly profile?: readonly ColumnBins[];
  /** In the plan's order; at least one is fitted. */
  readonly candidates: readonly Candidate[];
  /** Index of the best candidate, whose pipeline becomes the model. */
  readonly chosen: number;
  /** If the plan asks for one. The metrics of the best candidate that depend on labels are those at this threshold. */
  readonly threshold?: ChosenThreshold;
  /** Intervals of the test metrics of the best candidate. */
  readonly intervals?: Intervals;
  /** The plan's champion on the test rows. */
  readonly champion?: ChampionResult;
  /** Estimates from the training rows, if the plan asks for them. */
  readonly inference?: Inference;
  /** The curves of the best candidate, if the plan asks for them. */
  readonly curves?: Curves;
  /** Warnings about the data; each candidate has its own warnings. */
  readonly warnings: readonly Warning[];
  /** In the order of the work. */
  readonly stages: readonly StageTime[];
}

/** A candidate whose pipeline is there. */
export type KeptCandidate = FittedCandidate & Required<Pick<FittedCandidate, 'pipeline'>>;

/** The best candidate. */
export function chosenOf({ candidates, chosen }: Result): KeptCandidate {
  // The engine chooses among the fitted candidates, and keeps the pipeline of the one that it chooses.
  return candidates[chosen] as KeptCandidate;
}

export function isFitted(candidate: Candidate): candidate is FittedCandidate {
  return !('problem' in candidate);
}
