import type { ClassCodes } from '../labels.ts';

/**
 * A loss and its derivatives summed over the rows, as functions of the parameters w: one row `(nFeatures + 1)` an output,
 * intercept last.
 */
export interface LossSums {
  readonly nOutputs: number;
  readonly nFeatures: number;
  /** Sum of the rows' weights. */
  readonly weightSum: number;
  /** Returns the sum of the rows' weighted losses and fills `gradient` with its derivatives, in one pass over the rows. */
  lossGradient(w: Float64Array, gradient: Float64Array): number;
  /**
   * Fills the upper triangle of the matrix of second derivatives, row by row; of its blocks off the diagonal, which are
   * symmetric, perhaps the upper triangles alone. Returns the weight whose curvature has vanished.
   */
  hessian(w: Float64Array, hessian: Float64Array): number;
}

/** Classes of the rows and the weight that a row of each class has. */
export interface WeightedCodes {
  readonly codes: ClassCodes;
  readonly classWeights: Float64Array;
}

/** Some rows of features: row r of column j is `columns[j][at + r]`. It stands until the next chunk is read. */
interface RowChunk {
  readonly columns: readonly Float64Array[];
  readonly at: number;
  /** At least one, at most `CHUNK_ROWS`. */
  readonly rows: number;
}

/** Rows of features that are read a chunk at a time, so that they need not lie in memory as doubles. */
export interface RowChunks {
  readonly nSamples: number;
  readonly nFeatures: number;
  /** The chunk that begins with row `start`: 0, or the row behind another chunk. */
  read(start: number): RowChunk;
}
