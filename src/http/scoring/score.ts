import type { Response } from 'express';
import { DataError } from '../../errors.ts';
import type { FeatureColumn, Prediction, PredictOptions, ReadyModel } from '../../models/port.ts';
import type { ClassLabel } from '../../values/dataset.ts';
import type { ModelDescription } from '../../values/loadedModel.ts';
import { BodyError } from './bodyError.ts';

/** Says how old the alias is, in seconds like `Age`, while MLflow does not answer. */
const MODEL_AGE = 'Trainpost-Model-Age';
const MS_PER_S = 1_000;

/** Tells the client that the alias may have moved since it was last asked for. */
export function tellAge({ aliasAgeMs }: ReadyModel, response: Response): void {
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
    const { value: _, row: __, ...details } = error.details;
    for (let at = 0; at < rows; at++) {
      const fault = faultOfRow(columns, at, (row) => predictor.predict(row, 1));
      if (fault !== undefined)
        throw new BodyError(fault.code, inRow(fault, firstRow + at), { ...details, row: firstRow + at });
    }
    throw new BodyError(error.code, error.message, details);
  }
}

/** The error's own row counts from the batch, so the row of the request stands before its sentence. */
function inRow({ message, details }: DataError, row: number): string {
  const column = details.column === undefined ? '' : `, column ${JSON.stringify(details.column)}`;
  return details.column === undefined
    ? `Row ${row} of the request cannot be predicted. ${message}`
    : `Row ${row}${column}, cannot be predicted, because it is infinite or has no value: correct the value.`;
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
