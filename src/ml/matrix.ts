/** A dense matrix of doubles, shape `(nSamples, nFeatures)`, kept by column: the passes of a fit read it that way. */
export interface Matrix {
  readonly nSamples: number;
  readonly nFeatures: number;
  /** `nFeatures` arrays of `nSamples` values. */
  readonly columns: readonly Float64Array[];
}

/** What estimators take: a matrix, or rows of numbers as one would write them by hand. */
export type MatrixLike = Matrix | readonly (readonly number[])[];
