import { nameOf, ValueError } from './errors.ts';
import type { Input } from './estimator.ts';
import type { BinaryPrediction, ColumnSource, NumericColumn } from './frame.ts';
import type { ClassCodes } from './labels.ts';
import { isFrame, type Matrix, toMatrix } from './matrix.ts';
import { logistic } from './scores.ts';
import { CHUNK_ROWS, linearPredictor } from './solvers/kernels.ts';
import { chunkLogLoss } from './solvers/lossSums.ts';
import { chunkNewtonSums, type NewtonSums } from './solvers/newtonSums.ts';
import { denseChunks } from './solvers/rowChunks.ts';
import type { LossSums, WeightedCodes } from './solvers/types.ts';

/** What a fit and a prediction need of a linear model's features, in any storage. All values are finite. */
export interface Design {
  readonly nSamples: number;
  readonly nFeatures: number;
  /**
   * Calls `use` with the log loss of these classes: binomial for two, else multinomial. The sums are valid until
   * `use` returns.
   */
  withLogLoss<T>(rows: WeightedCodes, use: (sums: LossSums) => T): T;
  /** As `withLogLoss`, for two classes without weights, with all derivatives that Newton's method needs. */
  withNewtonSums<T>(codes: ClassCodes, use: (sums: NewtonSums) => T): T;
  /** `X w + b`, one array for each output. w has a row of `nFeatures + 1` numbers for each output, intercept last. */
  linearPredictor(w: Float64Array): Float64Array[];
  /** For a single output: the class (1 if `X w + b` is above 0, else 0) and the logistic function of `X w + b`. */
  classify(w: Float64Array): BinaryPrediction;
  /** Returns the values as doubles, copied if they are stored in another form. */
  toMatrix(): Matrix;
  /** A solver calls it after each of its iterations. @throws what the source of the columns throws to end the fit */
  iterated(): void;
}

/**
 * Wraps X for a linear model. If one source computes with all columns of a frame, the frame is not copied. Any other
 * X becomes a matrix.
 * @throws ValueError as `toMatrix`, and if a frame's column holds text or a value that is missing or infinite
 */
export function toDesign(X: Input): Design {
  if (!isFrame(X)) return new DenseDesign(toMatrix(X));
  const columns = X.columns.filter((column) => column.kind === 'numeric');
  const source = columns[0]?.source;
  const areTogether = columns.length === X.columns.length && columns.every((one) => one.source === source);
  if (source === undefined || !areTogether || X.nSamples === 0) return new DenseDesign(toMatrix(X));
  columns.forEach(checkFinite);
  return new SourceDesign(X.nSamples, columns, source);
}

class DenseDesign implements Design {
  readonly #matrix: Matrix;

  constructor(matrix: Matrix) {
    this.#matrix = matrix;
  }

  get nSamples(): number {
    return this.#matrix.nSamples;
  }

  get nFeatures(): number {
    return this.#matrix.nFeatures;
  }

  withLogLoss<T>(rows: WeightedCodes, use: (sums: LossSums) => T): T {
    return use(chunkLogLoss(denseChunks(this.#matrix), rows));
  }

  withNewtonSums<T>(codes: ClassCodes, use: (sums: NewtonSums) => T): T {
    return use(chunkNewtonSums(denseChunks(this.#matrix), codes));
  }

  linearPredictor(w: Float64Array): Float64Array[] {
    const { nSamples, nFeatures, columns } = this.#matrix;
    return Array.from({ length: w.length / (nFeatures + 1) }, (_, k) => {
      const score = new Float64Array(nSamples);
      for (let start = 0; start < nSamples; start += CHUNK_ROWS) {
        const rows = Math.min(CHUNK_ROWS, nSamples - start);
        linearPredictor(columns, start, rows, w, k * (nFeatures + 1), score, start);
      }
      return score;
    });
  }

  classify(w: Float64Array): BinaryPrediction {
    const [scores] = this.linearPredictor(w);
    const codes = Uint8Array.from(scores!, (score) => (score > 0 ? 1 : 0));
    return { codes, proba: logistic(scores!) };
  }

  toMatrix(): Matrix {
    return this.#matrix;
  }

  /** Nobody watches a fit on plain arrays. */
  iterated(): void {}
}

class SourceDesign implements Design {
  readonly nSamples: number;
  readonly #columns: readonly NumericColumn[];
  readonly #source: ColumnSource;

  constructor(nSamples: number, columns: readonly NumericColumn[], source: ColumnSource) {
    this.nSamples = nSamples;
    this.#columns = columns;
    this.#source = source;
  }

  get nFeatures(): number {
    return this.#columns.length;
  }

  withLogLoss<T>(rows: WeightedCodes, use: (sums: LossSums) => T): T {
    return this.#source.withLogLoss(this.#columns, rows, use);
  }

  withNewtonSums<T>(codes: ClassCodes, use: (sums: NewtonSums) => T): T {
    return this.#source.withNewtonSums(this.#columns, codes, use);
  }

  linearPredictor(w: Float64Array): Float64Array[] {
    return this.#source.linearPredictor(this.#columns, w);
  }

  classify(w: Float64Array): BinaryPrediction {
    return this.#source.classify(this.#columns, w);
  }

  toMatrix(): Matrix {
    const columns = this.#columns.map((column) => column.toArray());
    return { nSamples: this.nSamples, nFeatures: columns.length, columns };
  }

  iterated(): void {
    this.#source.iterated?.();
  }
}

function checkFinite(column: NumericColumn, j: number): void {
  const { min, max } = column.range();
  if (column.nMissing === 0 && Number.isFinite(min) && Number.isFinite(max)) return;
  const values = column.toArray();
  const row = values.findIndex((value) => !Number.isFinite(value));
  throw new ValueError(
    `Input X contains ${values[row]} in row ${row}, column ${nameOf(column, j)}: all values must be finite.`,
    { row, column: column.name },
  );
}
