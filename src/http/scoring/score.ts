import type { Response } from 'express';
import { DataError, quote } from '../../errors.ts';
import type { FeatureColumn, Prediction, PredictOptions, ReadyModel } from '../../models/port.ts';
import type { ClassLabel } from '../../values/dataset.ts';
import type { ModelDescription } from '../../values/loadedModel.ts';
import { BodyError } from './bodyError.ts';

/** Says how old the alias is, in seconds like `Age`, while MLflow does not answer. */
const MODEL_AGE = 'Trainpost-Model-Age';
const MS_PER_S = 1_000;

/** Tells the client that the alias may have moved since it was last asked for. */
export function tellAge({ aliasAgeMs }: Pick<ReadyModel, 'aliasAgeMs'>, response: Response): void {
  if (aliasAgeMs !== undefined) response.set(MODEL_AGE, String(Math.round(aliasAgeMs / MS_PER_S)));
}

/**
 * Predicts rows, and names the row of the request that the model cannot predict.
 * @param firstRow number of the first row, counted from 1
 * @throws BodyError `cannot_be_predicted`
 */
export function predictRows(
  { predictor }: ReadyModel,
  columns: readonly FeatureColumn[],
  rows: number,
  firstRow: number,
  options?: PredictOptions,
): Prediction {
  try {
    return predictor.predict(columns, rows, options);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const { row: ofBatch = 1, column } = error.details;
    const row = firstRow + ofBatch - 1;
    const place = column === undefined ? '' : `, column ${quote(column)}`;
    // The model's own message counts rows from the batch, and may repeat the value.
    const says = `Row ${row}${place}, has a value that the model cannot take, or no value: give a finite number, or a text of the training file.`;
    throw new BodyError(error.code, says, { row, ...(column !== undefined && { column }) });
  }
}

/** Why the model cannot predict this row; undefined if it can. */
export function faultOfRow(
  columns: readonly FeatureColumn[],
  at: number,
  predict: (row: readonly FeatureColumn[]) => unknown,
): DataError | undefined {
  try {
    predict(columns.map((column) => column.slice(at, at + 1)));
    return undefined;
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
}

/** The probabilities as rows. */
export function probabilityRows({ probabilities }: Prediction, rows: number): number[][] {
  const classes = rows === 0 ? 0 : probabilities.length / rows;
  return Array.from({ length: rows }, (_, row) => [
    ...probabilities.subarray(row * classes, (row + 1) * classes),
  ]);
}

/** A label as JSON has it: a boolean target's classes are false and true. */
export function jsonLabel({ target }: ModelDescription): (label: ClassLabel) => ClassLabel | boolean {
  return target.dtype === 'bool' ? (label) => label === 1 : (label) => label;
}
