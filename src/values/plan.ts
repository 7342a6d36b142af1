import type { ImputerStrategy, SolverName } from './pipelineState.ts';

/** What happens to missing values: `error` and `drop` leave none, a strategy fills them in. */
export type Missing = 'error' | 'drop' | ImputerStrategy;

/** The roles of a table's columns, and what happens to missing cells. */
interface DataSpec {
  /** `Outcome` if the file has such a column, else the last column. */
  readonly target?: string;
  /** The label, as text, that precision, recall, F1 and ROC AUC refer to; by default the larger of two labels. */
  readonly positive?: string;
  /** Columns to leave out; a text may name several columns, separated by commas. */
  readonly ignore: readonly string[];
  readonly missing: Missing;
}

/** A random hold-out, as scikit-learn's `train_test_split` draws it. */
export interface SplitSpec {
  /** A share of the rows below 1, or a number of rows. */
  readonly testSize: number;
  readonly randomState: number;
  readonly stratify: boolean;
}

/** The rows that a model is measured on. */
interface Evaluation {
  readonly holdout: SplitSpec;
}

/** Hyper-parameters of one model, by their names in `LogisticRegression`. */
export interface ModelSpec {
  readonly C: number;
  readonly maxIter: number;
  readonly solver: SolverName;
  readonly tol: number;
  readonly classWeight: 'balanced' | null;
}

/** What to find out from a table. A single training is a plan with one candidate. */
export interface Plan {
  readonly data: DataSpec;
  readonly evaluation: Evaluation;
  /** Models to fit, at least one. */
  readonly candidates: readonly ModelSpec[];
  /** Whether to estimate a regression without a penalty too, with standard errors. */
  readonly inference: boolean;
}
