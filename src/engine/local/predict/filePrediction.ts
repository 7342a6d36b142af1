import { asBodyError } from '../../../data/bodyFaults.ts';
import { PlainScanner } from '../../../data/plainScanner.ts';
import { PIECE_BYTES, RowFeed } from '../../../data/rowFeed.ts';
import { type CsvFormat, SNIFF_BYTES, sampleRows, sniff, textStart } from '../../../data/sniff.ts';
import type { TableLimits } from '../../../data/tableLimits.ts';
import { BodyError, TrainpostError } from '../../../errors.ts';
import { type SharedMemory, sharedMemory } from '../../../kernels/module.ts';
import type { FilePredictionSpec, PredictedPiece } from '../../../values/filePrediction.ts';
import { PredictedRows } from './predictedRows.ts';

/** Enough to detect the format, with the character and the line end behind it. */
const HEAD_BYTES = SNIFF_BYTES + 64;
const LF = 0x0a;
const NO_BYTES = new Uint8Array(0);

/** The memory in which this thread predicts files: one piece of one file at a time. */
let memory: SharedMemory | undefined;

/** Reads a CSV piece by piece, and writes its rows with their predictions. */
export class FilePrediction {
  readonly #rows: PredictedRows;
  readonly #feed: RowFeed;
  readonly #lineBytesMax: number;
  /** Whether the kernels can read rows of the file, so that pieces must be whole lines. */
  readonly #isPlain: boolean;
  #skip: number;
  /** The bytes behind the last line end. */
  #rest: Uint8Array = NO_BYTES;

  /**
   * @param head the file's first bytes, which are not read yet: enough of them to detect the format, or all
   * @throws BodyError if the bytes are not a table
   */
  constructor(head: Uint8Array, spec: FilePredictionSpec, limits: TableLimits) {
    memory ??= sharedMemory();
    const begin = Uint8Array.from(head.subarray(0, HEAD_BYTES));
    const format: CsvFormat = asBodyError(() => sniff(begin));
    this.#skip = textStart(format);
    const window = begin.subarray(this.#skip, SNIFF_BYTES);
    const isCut = head.length > SNIFF_BYTES;
    this.#rows = new PredictedRows({ ...spec, memory, format, limits });
    this.#isPlain = PlainScanner.takes(format);
    const scanner = this.#isPlain ? new PlainScanner(memory, this.#rows, format, limits) : undefined;
    this.#feed = new RowFeed(this.#rows, format, limits, scanner, () => sampleRows(window, format, isCut));
    this.#lineBytesMax = limits.lineChars;
  }

  /**
   * Returns the rows that the piece completes.
   * @param piece may be reused after the call
   * @param into a shared buffer for the rows, which is used if it is large enough
   * @throws BodyError at the first bad row
   */
  push(piece: Uint8Array, into: Uint8Array = NO_BYTES): PredictedPiece {
    const skipped = Math.min(this.#skip, piece.length);
    this.#skip -= skipped;
    return this.#predict(() => this.#read(piece.subarray(skipped)), into);
  }

  /** @throws BodyError if the last row is bad, or if the file has no rows */
  end(into: Uint8Array = NO_BYTES): PredictedPiece {
    return this.#predict(() => {
      this.#feed.push(this.#rest);
      this.#feed.end();
    }, into);
  }

  #predict(read: () => void, into: Uint8Array): PredictedPiece {
    const before = this.#rows.rows;
    this.#rows.open();
    try {
      asBodyError(read);
    } catch (error) {
      // A row before the fault may be bad too, and is reported first.
      this.#rows.flush();
      throw isWithoutRows(error) ? withoutRows() : error;
    }
    this.#rows.flush();
    return { bytes: this.#rows.takeBytes(into), rows: this.#rows.rows - before };
  }

  #read(piece: Uint8Array): void {
    if (!this.#isPlain) {
      this.#feed.push(piece);
      return;
    }
    const lineEnd = piece.indexOf(LF) + 1;
    if (lineEnd === 0) {
      this.#rest = Buffer.concat([this.#rest, piece]);
      // Such a line is too long, or ends in another way.
      if (this.#rest.length > this.#lineBytesMax) this.#readLines(this.#takeRest());
      return;
    }
    const isCut = this.#rest.length > 0;
    if (isCut) this.#readLines(Buffer.concat([this.#takeRest(), piece.subarray(0, lineEnd)]));
    const end = piece.lastIndexOf(LF) + 1;
    this.#readLines(piece.subarray(isCut ? lineEnd : 0, end));
    this.#rest = Uint8Array.from(piece.subarray(end));
  }

  #takeRest(): Uint8Array {
    const rest = this.#rest;
    this.#rest = NO_BYTES;
    return rest;
  }

  #readLines(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const to = linesEnd(bytes, from);
      this.#feed.push(bytes.subarray(from, to));
      // The kernels' memory holds the lines of these rows until the next bytes arrive.
      this.#rows.flush();
      from = to;
    }
  }
}

/** The end of the last line that fits into a piece, else of the first line. */
function linesEnd(bytes: Uint8Array, from: number): number {
  if (bytes.length - from <= PIECE_BYTES) return bytes.length;
  const last = bytes.lastIndexOf(LF, from + PIECE_BYTES - 1) + 1;
  if (last > from) return last;
  const first = bytes.indexOf(LF, from) + 1;
  return first === 0 ? bytes.length : first;
}

function isWithoutRows(error: unknown): boolean {
  return error instanceof TrainpostError && error.code === 'no_rows';
}

function withoutRows(): BodyError {
  return new BodyError('malformed_body', 'The file has no rows below its header line: add rows.');
}
