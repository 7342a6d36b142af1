/** Fitted estimators as plain data: worker threads send them, and the model files are written from them. */
import type { ClassesDtype, ClassLabel } from './dataset.ts';
import type { Warning } from './warning.ts';

export interface MinMaxScalerState {
  readonly estimator: 'MinMaxScaler';
  readonly params: { readonly featureRange: readonly [number, number]; readonly clip: boolean };
  readonly fitted: {
    readonly nFeaturesIn: number;
    readonly nSamplesSeen: number;
    readonly dataMin: readonly number[];
    readonly dataMax: readonly number[];
    readonly dataRange: readonly number[];
    readonly scale: readonly number[];
    readonly min: readonly number[];
  };
}

export type ImputerStrategy = 'mean' | 'median' | 'most_frequent';

/** Python's forms of a missing value: `numpy.nan`, `None` and the empty text. */
export type MissingForm = 'nan' | 'none' | 'empty';

export interface SimpleImputerState {
  readonly estimator: 'SimpleImputer';
  readonly params: { readonly strategy: ImputerStrategy; readonly missingValues: MissingForm };
  readonly fitted: {
    readonly nFeaturesIn: number;
    /** Either all numbers or all texts. */
    readonly statistics: readonly (number | string)[];
  };
}

export interface OneHotEncoderState {
  readonly estimator: 'OneHotEncoder';
  readonly params: { readonly handleUnknown: 'error' | 'ignore' };
  readonly fitted: {
    readonly nFeaturesIn: number;
    /** The categories of each column, sorted by code point. */
    readonly categories: readonly (readonly string[])[];
  };
}

export interface ColumnTransformerState {
  readonly estimator: 'ColumnTransformer';
  readonly transformers: readonly BranchState[];
  readonly fitted: { readonly nFeaturesIn: number };
}

interface BranchState {
  readonly name: string;
  readonly transformer: TransformerState;
  /** Indices of the branch's columns in the input. */
  readonly columns: readonly number[];
  /** Number of columns that the branch makes of them. */
  readonly nFeaturesOut: number;
}

/** A pipeline that may be part of another estimator, so it does not know the names of its columns. */
export interface NestedPipelineState {
  readonly estimator: 'Pipeline';
  readonly steps: readonly StepState[];
}

export type SolverName = 'lbfgs' | 'newton-cholesky' | 'gradient-descent';

export interface LogisticRegressionState {
  readonly estimator: 'LogisticRegression';
  readonly params: {
    readonly C: number;
    readonly tol: number;
    readonly maxIter: number;
    readonly solver: SolverName;
    readonly classWeight: 'balanced' | null;
  };
  readonly fitted: {
    readonly nFeaturesIn: number;
    readonly classes: readonly (number | string)[];
    readonly classesDtype: ClassesDtype;
    /** One row for two classes; otherwise one row for each class. */
    readonly coef: readonly (readonly number[])[];
    readonly intercept: readonly number[];
    readonly nIter: number;
    readonly converged: boolean;
    readonly warnings?: readonly Warning[];
  };
}

/** A regression whose labels depend on another threshold than 0.5. It has two classes. */
export interface FixedThresholdClassifierState {
  readonly estimator: 'FixedThresholdClassifier';
  readonly params: {
    /** A row is of the positive class if that class has at least this probability. */
    readonly threshold: number;
    /** Null for the larger label. */
    readonly posLabel: ClassLabel | null;
  };
  /** scikit-learn's parameter `estimator`, fitted. */
  readonly classifier: LogisticRegressionState;
}

export type TransformerState =
  | MinMaxScalerState
  | SimpleImputerState
  | OneHotEncoderState
  | ColumnTransformerState
  | NestedPipelineState;

export type ClassifierState = LogisticRegressionState | FixedThresholdClassifierState;

export type EstimatorState = TransformerState | ClassifierState;

export type StepState = readonly [name: string, state: EstimatorState];

export interface PipelineState extends NestedPipelineState {
  /** Names of the columns that the pipeline was fitted on, in order. */
  readonly featureNamesIn: readonly string[];
}
