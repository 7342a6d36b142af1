/** Predictions of the rows of a CSV file. Plain data. */
import type { ModelDescription } from './loadedModel.ts';

export interface FilePredictionSpec {
  readonly model: ModelDescription;
  /** Whether to add the contribution of each feature. */
  readonly explain: boolean;
  /** Whether a row that cannot be predicted gets empty cells. Otherwise the first such row is an error. */
  readonly marksBad: boolean;
}

/** Rows with their predictions, as UTF-8. */
export interface PredictedPiece {
  readonly bytes: Uint8Array;
  readonly rows: number;
}
