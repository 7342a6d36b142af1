import { ValueError } from './errors.ts';
import type { Frame } from './frame.ts';

/** A dense matrix of doubles, shape `(nSamples, nFeatures)`, kept by column: the passes of a fit read it that way. */
export interface Matrix {
  readonly nSamples: number;
  readonly nFeatures: number;
  /** `nFeatures` arrays of `nSamples` values. */
  readonly columns: readonly Float64Array[];
}

/** Dense input: a matrix, or rows of numbers as one would write them by hand. */
export type MatrixLike = Matrix | readonly (readonly number[])[];

/**
 * The matrix itself where it is one, else a matrix of the rows' values, or of the values of a frame's columns. Nothing
 * of the caller's is written to. Rows and columns count from 0 in the messages, as they do in the caller's arrays.
 * @param options `allowMissing`: whether NaN, which is a missing value, is taken too
 * @throws ValueError without a row or a column, where rows differ in length, where a value is not finite, or text
 */
export function toMatrix(X: MatrixLike | Frame, { allowMissing = false } = {}): Matrix {
  const matrix = isFrame(X) ? frameToMatrix(X) : isMatrix(X) ? checkColumns(X) : fromRows(X);
  if (matrix.nSamples === 0 || matrix.nFeatures === 0) {
    throw new ValueError(
      `Found array with shape (${matrix.nSamples}, ${matrix.nFeatures}): at least one row and one column are needed.`,
    );
  }
  checkFinite(matrix, allowMissing);
  return matrix;
}

/** Whether X is a frame and not dense: of the two a matrix alone says how many features it has. */
export function isFrame(X: MatrixLike | Frame): X is Frame {
  return 'columns' in X && !('nFeatures' in X);
}

/** The values of a frame's columns, not copied where they lie in arrays. @throws ValueError where a column holds text */
export function frameToMatrix({ nSamples, columns }: Frame): Matrix {
  const arrays = columns.map((column, j) => {
    if (column.kind === 'numeric') return column.toArray();
    throw new ValueError(`Column ${j} holds text, and numbers are needed: encode it before.`);
  });
  return checkColumns({ nSamples, nFeatures: arrays.length, columns: arrays });
}

/** The rows of these numbers, in this order, as a matrix of its own. */
export function takeRows(matrix: Matrix, indices: ArrayLike<number>): Matrix {
  const nSamples = indices.length;
  const columns = matrix.columns.map((column) => {
    const taken = new Float64Array(nSamples);
    for (let i = 0; i < nSamples; i++) taken[i] = column[indices[i]!]!;
    return taken;
  });
  return { nSamples, nFeatures: matrix.nFeatures, columns };
}

/** @throws ValueError as scikit-learn does where predictions are asked for other columns than the fit had */
export function checkFeatureCount(
  { nFeatures }: Pick<Matrix, 'nFeatures'>,
  nFeaturesIn: number,
  estimator: string,
): void {
  if (nFeatures === nFeaturesIn) return;
  throw new ValueError(
    `X has ${nFeatures} features, but ${estimator} is expecting ${nFeaturesIn} features as input.`,
  );
}

function isMatrix(X: MatrixLike): X is Matrix {
  return 'columns' in X;
}

function checkColumns(matrix: Matrix): Matrix {
  if (matrix.columns.length !== matrix.nFeatures) {
    throw new ValueError(
      `The matrix has ${matrix.columns.length} columns, and nFeatures says ${matrix.nFeatures}.`,
    );
  }
  const odd = matrix.columns.findIndex((column) => column.length !== matrix.nSamples);
  if (odd >= 0) {
    throw new ValueError(
      `Column ${odd} has ${matrix.columns[odd]!.length} values, and nSamples says ${matrix.nSamples}.`,
    );
  }
  return matrix;
}

function fromRows(rows: readonly (readonly number[])[]): Matrix {
  const nSamples = rows.length;
  const nFeatures = rows[0]?.length ?? 0;
  const columns = Array.from({ length: nFeatures }, () => new Float64Array(nSamples));
  rows.forEach((row, i) => {
    if (row.length !== nFeatures) {
      throw new ValueError(`Row ${i} has ${row.length} values, and row 0 has ${nFeatures}.`);
    }
    for (let j = 0; j < nFeatures; j++) columns[j]![i] = row[j]!;
  });
  return { nSamples, nFeatures, columns };
}

function checkFinite({ columns }: Matrix, allowMissing: boolean): void {
  columns.forEach((column, j) => {
    // Zero times a finite number is zero, else NaN: one addition a value, and no branch, where all is well.
    let sum = 0;
    for (let i = 0; i < column.length; i++) sum += column[i]! * 0;
    if (sum === 0) return;
    const i = column.findIndex((value) => !(Number.isFinite(value) || (allowMissing && Number.isNaN(value))));
    if (i < 0) return;
    throw new ValueError(
      `Input X contains ${column[i]} in row ${i}, column ${j}: all values must be finite.`,
    );
  });
}
