import type { CustomMetric, Objective } from './expression.ts';
import type { Holdout } from './holdout.ts';
import type { ModelDescription } from './loadedModel.ts';
import type { ImputerStrategy, SolverName } from './pipelineState.ts';

/** What happens to missing values: `error` and `drop` leave none, a strategy fills them in. */
export type Missing = 'error' | 'drop' | ImputerStrategy;

/**
 * How a file is written, by the names of pandas' `read_csv` options. What is not given is found out.
 */
export interface CsvSpec {
  /** The delimiter: a character, `\\t`, or `\\s+` for any number of blanks. */
  readonly sep?: string;
  readonly decimal?: '.' | ',';
  /** The character between groups of digits. */
  readonly thousands?: string;
  /** Texts that mean missing, in addition to those that pandas knows. */
  readonly naValues?: readonly string[];
  /** A name of Python. */
  readonly encoding?: string;
}

/** The file, the roles of its columns, and what happens to missing cells. */
interface DataSpec extends CsvSpec {
  /** `Outcome` if the file has such a column, else the last column. */
  readonly target?: string;
  /** The label, as text, that precision, recall, F1 and ROC AUC refer to; by default the larger of two labels. */
  readonly positive?: string;
  /** Columns to leave out; a text may name several columns, separated by commas. */
  readonly ignore: readonly string[];
  readonly missing: Missing;
}

/** The rows that models are measured on. */
interface Evaluation {
  readonly holdout: Holdout;
  /** Folds of the training rows, as `StratifiedKFold(folds)` makes them: each model is fitted on all but one, and measured on that. */
  readonly folds?: number;
}

/** Hyper-parameters of one model, by their names in `LogisticRegression`. */
export interface ModelSpec {
  readonly C: number;
  readonly maxIter: number;
  readonly solver: SolverName;
  readonly tol: number;
  readonly classWeight: 'balanced' | null;
}

/** From which probability on a row is of the positive class: a number, or the best cut for an objective. */
export type Threshold =
  | { readonly by: 'given'; readonly value: number }
  | { readonly by: 'objective'; readonly objective: Objective };

/** What to find out from a table. A single training is a plan with one candidate. */
export interface Plan {
  readonly data: DataSpec;
  readonly evaluation: Evaluation;
  /** Models to fit, at least one. */
  readonly candidates: readonly ModelSpec[];
  /** Metrics that the client defines. */
  readonly metrics: readonly CustomMetric[];
  /** What chooses the best candidate: its mean over the folds, or without folds its value on the test rows. */
  readonly choice: Objective;
  /** With two classes only. Without it, a row is of the class that is more probable. */
  readonly threshold?: Threshold;
  /** Whether the fitted pipeline of each candidate is kept, not only that of the best. */
  readonly keepAll: boolean;
  /** Whether to estimate a regression without a penalty too, with standard errors. */
  readonly inference: boolean;
  /** An earlier model, which is measured on the test rows too. */
  readonly champion?: ModelDescription;
  /** Whether to compute the curves of the best candidate. */
  readonly curves?: boolean;
}
