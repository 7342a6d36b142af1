import type { TableLimits } from '../../data/tableLimits.ts';
import type { FeatureColumn, Prediction, ReadyModel } from '../../models/port.ts';
import { badBody } from './bodyError.ts';
import { CsvReading } from './csvBody.ts';
import { type CsvBatch, refuseTaken } from './csvRows.ts';
import { CsvWriter } from './csvWriter.ts';
import { faultOfRow, predictRows } from './score.ts';

export interface PredictFileOptions {
  readonly ready: ReadyModel;
  readonly limits: TableLimits;
  /** Whether to add the contributions. */
  readonly explain: boolean;
  /** Whether a row that cannot be predicted gets empty cells. Otherwise the first such row is an error. */
  readonly marksBad: boolean;
}

const NO_PREDICTION: Prediction = { labels: [], probabilities: new Float64Array(0) };

/**
 * Reads a CSV piece by piece and yields its rows with their predictions.
 * @param pieces the first is long enough to detect the format, or is the whole file
 * @throws BodyError at the first row that cannot be read or predicted
 */
export async function* predictFile(
  pieces: AsyncIterable<Uint8Array>,
  { ready, limits, explain, marksBad }: PredictFileOptions,
): AsyncGenerator<{ text: string; rows: number }> {
  const { description } = ready.model;
  const { features } = description;
  let reading: CsvReading | undefined;
  let writer: CsvWriter | undefined;
  let head = '';
  let added: readonly string[] = [];
  const open = (first: Uint8Array): CsvReading => {
    const opened = new CsvReading(first, limits, {
      features,
      keepsCells: true,
      marksBad,
      onHeader: (header) => {
        writer = new CsvWriter(opened.format, description);
        added = writer.added(...termsOf(ready, explain));
        refuseTaken(header.names, added);
        head = writer.header(header, added);
      },
    });
    return opened;
  };
  const write = (batch: CsvBatch, hasQuotes: boolean) => {
    const { prediction, rowOf } = predictBatch(ready, batch, explain, marksBad);
    const text = head + writer!.rows(batch, prediction, rowOf, added.length, hasQuotes);
    head = '';
    return { text, rows: batch.rows };
  };
  for await (const piece of pieces) {
    reading ??= open(piece);
    const batch = reading.push(piece);
    if (batch.rows > 0) yield write(batch, reading.hasQuotes);
  }
  if (reading === undefined) throw badBody('The file is empty: send a header line and rows.');
  const last = reading.end();
  if (last.rows > 0) yield write(last, reading.hasQuotes);
  if (head === '' && added.length === 0)
    throw badBody('The file has no rows below its header line: add rows.');
}

/** Names of the contributions, and how many scores have them. The model tells them with its first prediction. */
function termsOf(
  { model, predictor }: ReadyModel,
  explain: boolean,
): [terms: readonly string[], scores: number] {
  if (!explain) return [[], 1];
  // Categories that no model knows and the number 0 can always be predicted, or else the model names the fault later.
  const columns = model.description.features.map(({ type }) =>
    type === 'string' ? [] : new Float64Array(0),
  );
  const { contributions } = predictor.predict(columns, 0, { explain });
  return [contributions?.names ?? [], contributions?.intercepts.length ?? 1];
}

interface Predicted {
  readonly prediction: Prediction;
  /** Place of a row in the prediction, -1 if the row has none. */
  readonly rowOf: (row: number) => number;
}

function predictBatch(ready: ReadyModel, batch: CsvBatch, explain: boolean, marksBad: boolean): Predicted {
  const { rows, columns, firstRow, bad } = batch;
  const options = { explain };
  if (bad.size === 0) {
    try {
      return { prediction: predictRows(ready, columns, rows, firstRow, options), rowOf: (row) => row };
    } catch (error) {
      if (!marksBad) throw error;
    }
  }
  const { predictor } = ready;
  const good = Array.from({ length: rows }, (_, row) => row).filter(
    (row) => !bad.has(row) && faultOfRow(columns, row, (one) => predictor.predict(one, 1)) === undefined,
  );
  const places = new Map(good.map((row, at) => [row, at]));
  const prediction =
    good.length === 0
      ? NO_PREDICTION
      : predictor.predict(
          columns.map((column) => chosen(column, good)),
          good.length,
          options,
        );
  return { prediction, rowOf: (row) => places.get(row) ?? -1 };
}

function chosen(column: FeatureColumn, rows: readonly number[]): FeatureColumn {
  return column instanceof Float64Array
    ? Float64Array.from(rows, (row) => column[row]!)
    : rows.map((row) => column[row]!);
}
