import { BodyError, DataError, quote } from '../errors.ts';
import type { FeatureColumn, Prediction, PredictOptions, Predictor } from './port.ts';

/**
 * Predicts rows, and names the row of the request that the model cannot predict.
 * @param firstRow number of the first row, counted from 1
 * @throws BodyError `cannot_be_predicted`
 */
export function predictRows(
  predictor: Predictor,
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

/** Whether the model can predict this row. */
export function canPredict(predictor: Predictor, columns: readonly FeatureColumn[], at: number): boolean {
  try {
    predictor.predict(
      columns.map((column) => column.slice(at, at + 1)),
      1,
    );
    return true;
  } catch (error) {
    if (error instanceof DataError) return false;
    throw error;
  }
}
