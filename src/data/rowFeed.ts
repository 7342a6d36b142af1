import type { SharedMemory } from '../kernels/module.ts';
import type { BlockThreads } from '../kernels/passes.ts';
import { BlockFeed, sharingFor } from './blockFeed.ts';
import { type Decoded, PieceDecoder } from './encoding.ts';
import type { PlainScanner, ScannedRows } from './plainScanner.ts';
import { RowReader, type Sample } from './rowReader.ts';
import type { CsvFormat } from './sniff.ts';
import type { TableBuilder } from './tableBuilder.ts';
import type { TableLimits } from './tableLimits.ts';
import { badEncoding } from './textFaults.ts';

/** Piece size: small enough for the cache of one core. */
export const PIECE_BYTES = 1 << 18;

/** With a single column, the kernels could not distinguish a blank line from an empty cell. */
const COLUMNS_MIN = 2;

/** The header line and the first row, which are read as text. */
const LINES_AT_START = 2;

const LF = 0x0a;

/**
 * Reads the bytes of the text piece by piece and passes the rows to the builder.
 * The kernels read plain rows. Papa Parse reads all other rows, and every row with anything odd, so the kernels need
 * no error handling.
 */
export class RowFeed {
  readonly #builder: ScannedRows;
  readonly #format: CsvFormat;
  readonly #limits: TableLimits;
  readonly #decoder: PieceDecoder;
  readonly #reader: RowReader;
  readonly #scanner: PlainScanner | undefined;
  #blocks: BlockFeed | undefined;

  /**
   * @param scanner reads plain rows; without it, all rows are read as text
   * @param sample rows of the file's first bytes, which explain a bad row
   */
  constructor(
    builder: ScannedRows,
    format: CsvFormat,
    limits: TableLimits,
    scanner?: PlainScanner,
    sample?: Sample,
  ) {
    this.#builder = builder;
    this.#format = format;
    this.#limits = limits;
    this.#decoder = new PieceDecoder(format.encoding);
    this.#reader = new RowReader(format, limits, builder, sample);
    this.#scanner = scanner;
  }

  /** @throws DataError at the first bad row */
  push(bytes: Uint8Array): void {
    if (this.#blocks === undefined) this.#takeRows(bytes);
    else for (const piece of piecesOf(bytes)) this.#blocks.push(piece);
  }

  /** From now on lets threads read whole blocks, if the kernels can read the rows. */
  share(memory: SharedMemory, threads: BlockThreads, builder: TableBuilder): void {
    const scanner = this.#scanner;
    if (scanner === undefined || !this.#isForKernels) return;
    scanner.open();
    this.#blocks = new BlockFeed({
      memory,
      builder,
      threads,
      sharing: sharingFor(threads),
      sequence: {
        read: (bytes) => this.#takeRows(bytes),
        isAtRow: () => this.#reader.isAtRow && scanner.restBytes === 0,
        rowsMax: scanner.rowsMax,
      },
    });
  }

  /** @throws DataError if the last row is bad, or if the text has no header or no rows */
  end(): void {
    this.#blocks?.end();
    if (this.#scanner !== undefined) this.#readText(this.#scanner.takeRest());
    this.#read(this.#decoder.end());
    this.#reader.end();
  }

  /** Whether the next byte begins a row that the kernels can read. */
  get #isForKernels(): boolean {
    return this.#reader.isAtRow && this.#builder.columns.length >= COLUMNS_MIN;
  }

  #takeRows(bytes: Uint8Array): void {
    for (const piece of piecesOf(bytes)) this.#takePiece(piece);
  }

  #takePiece(piece: Uint8Array): void {
    const rows = this.#finishRow(piece);
    const scanner = this.#scanner;
    if (scanner === undefined || !this.#isForKernels) {
      this.#readText(rows);
      return;
    }
    // A piece that starts inside a character is not valid UTF-8 by itself, and so is not plain.
    scanner.hold(rows);
    const isPlain = scanner.isPlain();
    for (let odd = isPlain ? scanner.scan() : undefined; odd !== undefined; odd = scanner.scan()) {
      this.#readText(odd);
      // The reader waits for what follows a row of a wrong length.
      if (!this.#reader.isAtRow) break;
    }
    if (!isPlain || !this.#reader.isAtRow || scanner.restBytes > this.#limits.lineChars)
      this.#readText(scanner.takeRest());
  }

  /**
   * Reads the open row to the end of its line, which ends the row unless there are quotes around the line end. At the
   * start of a file, reads the header line and the first row.
   * @returns the bytes after it
   */
  #finishRow(piece: Uint8Array): Uint8Array {
    let from = 0;
    for (
      let lines = 0;
      lines < LINES_AT_START && this.#scanner !== undefined && !this.#reader.isAtRow;
      lines++
    ) {
      const lineEnd = piece.indexOf(LF, from) + 1;
      if (lineEnd === 0) break;
      this.#readText(piece.subarray(from, lineEnd));
      from = lineEnd;
    }
    return piece.subarray(from);
  }

  #readText(bytes: Uint8Array): void {
    this.#read(this.#decoder.push(bytes));
  }

  #read({ text, badAt }: Decoded): void {
    this.#reader.push(badAt < 0 ? text : text.slice(0, badAt));
    if (badAt >= 0) throw badEncoding(this.#reader.place(), this.#format.encoding);
  }
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) yield bytes.subarray(from, from + PIECE_BYTES);
}
