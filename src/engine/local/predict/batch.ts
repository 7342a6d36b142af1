import type { FeatureColumn, Prediction, Predictor } from '../../../models/port.ts';
import { canPredict, predictRows } from '../../../models/rows.ts';
import type { StagedFeature, StagedWords } from './stagedFeature.ts';

/** Rows that are predicted together. */
export interface Batch {
  readonly features: readonly StagedFeature[];
  readonly words: StagedWords;
  readonly rows: number;
  /** Number of the first row in the file, counted from 1. */
  readonly firstRow: number;
}

export interface PredictedBatch {
  readonly prediction: Prediction;
  /** Place of each row in the prediction, -1 if the row has none; undefined if every row has its own place. */
  readonly places?: Int32Array;
}

const NO_PREDICTION: Prediction = { labels: [], probabilities: new Float64Array(0) };

/**
 * Predicts the rows of a batch.
 * @param marksBad whether a row that cannot be predicted is left out; otherwise it is an error
 * @throws BodyError at the first row with a bad cell or that the model cannot predict
 */
export function predictBatch(
  predictor: Predictor,
  batch: Batch,
  explain: boolean,
  marksBad: boolean,
): PredictedBatch {
  const { features, words, rows, firstRow } = batch;
  const read = features.map((feature) => feature.values(words, rows));
  const columns = read.map(({ values }) => values);
  const firstBad = Math.min(...read.map(({ bad }) => bad[0] ?? rows));
  if (firstBad === rows) {
    try {
      return { prediction: predictRows(predictor, columns, rows, firstRow, { explain }) };
    } catch (error) {
      if (!marksBad) throw error;
    }
  } else if (!marksBad) {
    // A row before may be one that the model cannot predict.
    const before = columns.map((column) => column.slice(0, firstBad));
    predictRows(predictor, before, firstBad, firstRow);
    const feature = features[read.findIndex(({ bad }) => bad[0] === firstBad)]!;
    throw feature.fault(words, firstBad, firstRow + firstBad);
  }
  const isBad = new Uint8Array(rows);
  for (const { bad } of read) for (const row of bad) isBad[row] = 1;
  return predictGood(predictor, columns, isBad, explain);
}

function predictGood(
  predictor: Predictor,
  columns: readonly FeatureColumn[],
  isBad: Uint8Array,
  explain: boolean,
): PredictedBatch {
  const places = new Int32Array(isBad.length).fill(-1);
  const good: number[] = [];
  for (let row = 0; row < isBad.length; row++) {
    if (isBad[row] === 0 && canPredict(predictor, columns, row)) places[row] = good.push(row) - 1;
  }
  if (good.length === 0) return { prediction: NO_PREDICTION, places };
  const chosen = columns.map((column) => chosenOf(column, good));
  return { prediction: predictor.predict(chosen, good.length, { explain }), places };
}

function chosenOf(column: FeatureColumn, rows: readonly number[]): FeatureColumn {
  return column instanceof Float64Array
    ? Float64Array.from(rows, (row) => column[row]!)
    : rows.map((row) => column[row]!);
}
