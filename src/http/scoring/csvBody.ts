import { asBodyError } from '../../data/bodyFaults.ts';
import { PieceDecoder } from '../../data/encoding.ts';
import { RowReader } from '../../data/rowReader.ts';
import { SNIFF_BYTES, sampleRows, sniff, textStart } from '../../data/sniff.ts';
import type { TableLimits } from '../../data/tableLimits.ts';
import { badEncoding } from '../../data/textFaults.ts';
import { TrainpostError } from '../../errors.ts';
import type { FeatureColumn } from '../../models/port.ts';
import type { ColumnInfo } from '../../values/dataset.ts';
import { badBody } from './bodyError.ts';
import { CsvRows } from './csvRows.ts';

/** The features of a CSV, in the model's order. */
export interface CsvFeatures {
  readonly rows: number;
  readonly columns: readonly FeatureColumn[];
}

/** Reads a CSV that is in memory, in the format that training would detect. @throws BodyError */
export function readCsv(
  bytes: Uint8Array,
  limits: TableLimits,
  features: readonly ColumnInfo[],
): CsvFeatures {
  if (bytes.length === 0) throw badBody('The body is empty: send a header line and rows.');
  return asBodyError(() => {
    const format = sniff(bytes);
    const text = bytes.subarray(textStart(format));
    const sample = () =>
      sampleRows(bytes.subarray(textStart(format), SNIFF_BYTES), format, bytes.length > SNIFF_BYTES);
    const rows = new CsvRows(features, format.decimalComma);
    const reader = new RowReader(format, limits, rows, sample);
    const decoder = new PieceDecoder(format.encoding);
    for (const { text: piece, badAt } of [decoder.push(text), decoder.end()]) {
      reader.push(badAt < 0 ? piece : piece.slice(0, badAt));
      if (badAt >= 0) throw badEncoding(reader.place(), format.encoding);
    }
    endRows(reader);
    return { rows: rows.rows, columns: rows.columns() };
  });
}

/** A header line alone asks for no predictions, as in MLflow. */
function endRows(reader: RowReader): void {
  try {
    reader.end();
  } catch (error) {
    if (!(error instanceof TrainpostError && error.code === 'no_rows')) throw error;
  }
}
