import { PieceDecoder } from '../../data/encoding.ts';
import { RowReader } from '../../data/rowReader.ts';
import { type CsvFormat, SNIFF_BYTES, sampleRows, sniff, textStart } from '../../data/sniff.ts';
import type { TableLimits } from '../../data/tableLimits.ts';
import { badEncoding } from '../../data/textFaults.ts';
import { TrainpostError } from '../../errors.ts';
import { BodyError, badBody } from './bodyError.ts';
import { type CsvBatch, CsvRows, type CsvRowsOptions } from './csvRows.ts';

/** Reads a CSV piece by piece, in the format that training would detect. */
export class CsvReading {
  readonly format: CsvFormat;
  readonly #rows: CsvRows;
  readonly #reader: RowReader;
  readonly #decoder: PieceDecoder;
  #skip: number;
  /** Whether a cell may have to be written in quotes. */
  hasQuotes = false;

  /** @param head the file's first bytes, which are not read yet: at least `HEAD_BYTES` of them, or all */
  constructor(head: Uint8Array, limits: TableLimits, options: Omit<CsvRowsOptions, 'decimalComma'>) {
    this.format = asBodyError(() => sniff(head));
    this.#skip = textStart(this.format);
    const sample = () =>
      sampleRows(head.subarray(this.#skipped, SNIFF_BYTES), this.format, head.length > SNIFF_BYTES);
    this.#rows = new CsvRows({ ...options, decimalComma: this.format.decimalComma });
    this.#reader = new RowReader(this.format, limits, this.#rows, sample);
    this.#decoder = new PieceDecoder(this.format.encoding);
  }

  get #skipped(): number {
    return textStart(this.format);
  }

  /** Returns the rows that the piece completes. @throws BodyError at the first bad row */
  push(piece: Uint8Array): CsvBatch {
    const skipped = Math.min(this.#skip, piece.length);
    this.#skip -= skipped;
    return this.#take(this.#decoder.push(piece.subarray(skipped)));
  }

  /** @throws BodyError if the last row is bad */
  end(): CsvBatch {
    this.#take(this.#decoder.end(), false);
    asBodyError(() => {
      try {
        this.#reader.end();
      } catch (error) {
        // A header line alone asks for no predictions, as in MLflow.
        if (!(error instanceof TrainpostError && error.code === 'no_rows')) throw error;
      }
    });
    return this.#rows.take();
  }

  #take({ text, badAt }: { readonly text: string; readonly badAt: number }, hands = true): CsvBatch {
    this.hasQuotes ||= text.includes('"');
    asBodyError(() => {
      this.#reader.push(badAt < 0 ? text : text.slice(0, badAt));
      if (badAt >= 0) throw badEncoding(this.#reader.place(), this.format.encoding);
    });
    return hands ? this.#rows.take() : { firstRow: 0, rows: 0, columns: [], cells: [], bad: new Set() };
  }
}

/** Enough to detect the format, with the character and the line end behind it. */
export const HEAD_BYTES = SNIFF_BYTES + 64;

/** Reads a CSV that is in memory. @throws BodyError */
export function readCsv(
  bytes: Uint8Array,
  limits: TableLimits,
  features: CsvRowsOptions['features'],
): CsvBatch[] {
  if (bytes.length === 0) throw badBody('The body is empty: send a header line and rows.');
  const reading = new CsvReading(bytes, limits, { features, keepsCells: false, marksBad: false });
  return [reading.push(bytes), reading.end()].filter(({ rows }) => rows > 0);
}

/** Runs a reader of files. Its errors repeat the cell and name form fields of a training, so only the place is taken. */
function asBodyError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TrainpostError) || error instanceof BodyError) throw error;
    const { value: _, field: __, ...details } = error.details;
    throw new BodyError(error.code, withoutData(error), details);
  }
}

function withoutData({ code, details: { row } }: TrainpostError): string {
  const where = row === undefined ? '' : ` in row ${row}`;
  return `The CSV cannot be read (${code})${where}: correct the file.`;
}
