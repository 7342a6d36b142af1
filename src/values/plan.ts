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
}
