/** Fitted estimators as plain data: what crosses from a worker thread, and what the model files are written from. */

/** NumPy's dtype of the classes; with `bool` they are 0 and 1 here, and False and True wherever they are written. */
export type ClassesDtype = 'int64' | 'float64' | 'bool' | 'object';

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
    /** One row for two classes, else one a class. */
    readonly coef: readonly (readonly number[])[];
    readonly intercept: readonly number[];
    readonly nIter: number;
    readonly converged: boolean;
    readonly warnings?: readonly FitWarning[];
  };
}

/** A fact about a fit that its user should know though nothing failed. */
export interface FitWarning {
  /** Stable, snake_case. */
  readonly code: string;
  readonly message: string;
}

export type EstimatorState = MinMaxScalerState | LogisticRegressionState;

export interface PipelineState {
  /** Names of the columns the pipeline was fitted on, in order. */
  readonly featureNamesIn: readonly string[];
  readonly steps: readonly (readonly [name: string, state: EstimatorState])[];
}
