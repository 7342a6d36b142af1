import { nameOf, ValueError } from './errors.ts';
import type { Frame } from './frame.ts';

/** A dense matrix of doubles, shape `(nSamples, nFeatures)`, stored by column because a fit reads it by column. */
export interface Matrix {
  readonly nSamples: number;
  readonly nFeatures: number;
  /** `nFeatures` arrays of `nSamples` values. */
  readonly columns: readonly Float64Array[];
}

/** Dense input: a matrix, or rows of numbers as written by hand. */
export type MatrixLike = Matrix | readonly (readonly number[])[];

/**
 * Returns X as a matrix.
 * X itself is returned if it is a matrix. Otherwise the matrix has the values of X's rows or of the frame's columns.
 * Nothing of the caller's is changed. Row and column numbers in messages start at 0, like array indices.
 * @param options `allowMissing`: whether NaN, a missing value, is accepted
 * @throws ValueError if there is no row or no column, if rows differ in length, or if a value is text or not finite
 */
export function toMatrix(X: MatrixLike | Frame, { allowMissing = false } = {}): Matrix {
  const matrix = isFrame(X) ? frameToMatrix(X) : isMatrix(X) ? checkColumns(X) : fromRows(X);
  if (matrix.nSamples === 0 || matrix.nFeatures === 0) {
    throw new ValueError(
      `Found array with shape (${matrix.nSamples}, ${matrix.nFeatures}): at least one row and one column are needed.`,
    );
  }
  checkFinite(matrix, allowMissing, isFrame(X) ? X.columns : []);
  return matrix;
}

/** Whether X is a frame and not dense. Only a matrix has `nFeatures`. */
export function isFrame(X: MatrixLike | Frame): X is Frame {
  return 'columns' in X && !('nFeatures' in X);
}

/**
 * Returns the values of a frame's columns, not copied if they are in arrays. @throws ValueError if a column holds
 * text
 */
export function frameToMatrix({ nSamples, columns }: Frame): Matrix {
  const arrays = columns.map((column, j) => {
    if (column.kind === 'numeric') return column.toArray();
    throw new ValueError(`Column ${nameOf(column, j)} holds text, but numbers are needed: encode it first.`, {
      column: column.name,
    });
  });
  return checkColumns({ nSamples, nFeatures: arrays.length, columns: arrays });
}

/** Copies the rows with these indices, in this order, into a new matrix. */
export function takeRows(matrix: Matrix, indices: ArrayLike<number>): Matrix {
  const nSamples = indices.length;
  const columns = matrix.columns.map((column) => {
    const taken = new Float64Array(nSamples);
    for (let i = 0; i < nSamples; i++) taken[i] = column[indices[i]!]!;
    return taken;
  });
  return { nSamples, nFeatures: matrix.nFeatures, columns };
}

/** @throws ValueError, as in scikit-learn, if X has another number of columns than the fit had */
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
      `The matrix has ${matrix.columns.length} columns, but nFeatures is ${matrix.nFeatures}: make them equal.`,
    );
  }
  const odd = matrix.columns.findIndex((column) => column.length !== matrix.nSamples);
  if (odd >= 0) {
    throw new ValueError(
      `Column ${odd} has ${matrix.columns[odd]!.length} values, but nSamples is ${matrix.nSamples}: make them equal.`,
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
      throw new ValueError(
        `Row ${i} has ${row.length} values, but row 0 has ${nFeatures}: all rows must be equally long.`,
      );
    }
    for (let j = 0; j < nFeatures; j++) columns[j]![i] = row[j]!;
  });
  return { nSamples, nFeatures, columns };
}

function checkFinite({ columns }: Matrix, allowMissing: boolean, named: Frame['columns']): void {
  columns.forEach((column, j) => {
    // A finite number times 0 is 0, any other number times 0 is NaN. So valid data costs one addition a value and no
    // branch.
    let sum = 0;
    for (let i = 0; i < column.length; i++) sum += column[i]! * 0;
    if (sum === 0) return;
    const i = column.findIndex((value) => !(Number.isFinite(value) || (allowMissing && Number.isNaN(value))));
    if (i < 0) return;
    throw new ValueError(
      `Input X contains ${column[i]} in row ${i}, column ${nameOf(named[j] ?? {}, j)}: all values must be finite.`,
      { row: i, column: named[j]?.name },
    );
  });
}
