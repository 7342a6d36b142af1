import type { ClassCodes } from '../labels.ts';

/**
 * A loss and its derivatives, summed over the rows, as functions of the parameters w.
 * w has a row of `nFeatures + 1` numbers for each output, intercept last.
 */
export interface LossSums {
  readonly nOutputs: number;
  readonly nFeatures: number;
  /** Sum of the rows' weights. */
  readonly weightSum: number;
  /**
   * Returns the sum of the rows' weighted losses at each point, and writes its derivatives to the point's gradient. The
   * points share passes over the rows, and each gets the numbers that it would get alone.
   */
  lossGradients(points: readonly Point[]): number[];
  /**
   * Writes the upper triangle of the Hessian of the mean loss, row by row. Off-diagonal blocks are symmetric, so only
   * their upper triangles may be written.
   * Returns the share of the weight whose curvature has vanished.
   */
  hessian(w: Float64Array, hessian: Float64Array): number;
}

/** Parameters, and room for the derivatives there. */
export interface Point {
  readonly w: Float64Array;
  readonly gradient: Float64Array;
}

/** Takes the value of the objective after an iteration, which the solver has already; iteration 0 is the start. */
export type OnIteration = (iteration: number, f: number) => void;

/** Class codes of the rows, and the weight of each class's rows. */
export interface WeightedCodes {
  readonly codes: ClassCodes;
  readonly classWeights: Float64Array;
}

/** Some rows of features: row r of column j is `columns[j][at + r]`. Valid until the next chunk is read. */
export interface RowChunk {
  readonly columns: readonly Float64Array[];
  readonly at: number;
  /** From 1 to `CHUNK_ROWS`. */
  readonly rows: number;
}

/** Rows of features, read chunk by chunk, so they need not be in memory as doubles. */
export interface RowChunks {
  readonly nSamples: number;
  readonly nFeatures: number;
  /** Returns the chunk that starts at row `start` (0, or the row after another chunk) and has at most `rowsMax` rows. */
  read(start: number, rowsMax?: number): RowChunk;
}
