import { createHash, type Hash } from 'node:crypto';
import { type SharedMemory, sharedMemory } from '../kernels/module.ts';
import type { BlockThreads } from '../kernels/passes.ts';
import { sharingFor } from './blockFeed.ts';
import type { CsvOptions } from './csvOptions.ts';
import { type FileReading, fileReading } from './fileReading.ts';
import { inputBytes, PlainScanner } from './plainScanner.ts';
import { PIECE_BYTES, RowFeed } from './rowFeed.ts';
import type { Sample } from './rowReader.ts';
import { type CsvFormat, SNIFF_BYTES, sampleRows, sniff, textStart } from './sniff.ts';
import type { Table } from './table.ts';
import { type ColumnReading, TableBuilder } from './tableBuilder.ts';
import { TABLE_LIMITS, type TableLimits } from './tableLimits.ts';
import { UNFOLDED_BYTES_MAX, Unfolding } from './unfold.ts';

export interface ReadOptions extends FileReading {
  /** How the file is written, as far as the client says it. */
  readonly csv?: CsvOptions;
  /** Most bytes to which a gzip file may decompress. */
  readonly unfoldedBytesMax?: number;
  /** Bytes at the start of the file that decide its format and which columns are text. */
  readonly sniffBytes?: number;
  /** Overrides for `TABLE_LIMITS`. */
  readonly limits?: Partial<TableLimits>;
  /** Names of columns that are always read as text. */
  readonly textColumns?: ReadonlySet<string>;
  /** Memory for the table, overwritten from `FIRST_ADDRESS` on. Default: new memory. */
  readonly memory?: SharedMemory;
  /** Whether to compute the file's digest, which takes a fifth of the time. Otherwise the digest is empty. */
  readonly digest?: boolean;
  /** Whether the kernels read plain rows. The table does not depend on it. */
  readonly plain?: boolean;
  /** Called before each piece is read. It may throw to stop the reading. */
  readonly onPiece?: () => void;
  /** Threads that help with a large file. They need `memory`. The table does not depend on them. */
  readonly threads?: BlockThreads;
}

/** Chunk size for a file that is in memory as a whole. */
const CHUNK_BYTES = 1 << 20;
/**
 * Largest window: it has room for a header line and some rows. The search for rows after blank lines ends here,
 * because the window is kept in memory.
 */
const WINDOW_BYTES_MAX = 1 << 23;
const LF = 0x0a;
/** Bytes after the window: for signatures of other formats, and for the rest of a character that the window cuts. */
const BEHIND_WINDOW_BYTES = 16;
/** MLflow allows 36 characters. */
const DIGEST_CHARS = 32;
const NONE: ReadonlySet<string> = new Set();
const NO_READINGS: ReadonlyMap<string, ColumnReading> = new Map();

/**
 * Reads a CSV with a header line chunk by chunk, gzip or not, in the format that `sniff` finds.
 * The format is RFC 4180 with pandas' liberties: LF, CRLF or CR ends a row, and blank lines are skipped. Papa Parse
 * defines the result. Table and errors do not depend on where the chunks are cut.
 */
export class TableReading {
  readonly #limits: TableLimits;
  readonly #sniffBytes: number;
  readonly #textColumns: ReadonlySet<string>;
  readonly #csv: CsvOptions | undefined;
  readonly #decimalComma: boolean | undefined;
  readonly #readings: ReadonlyMap<string, ColumnReading>;
  readonly #memory: SharedMemory;
  readonly #plain: boolean;
  readonly #threads: BlockThreads | undefined;
  readonly #hash: Hash | undefined;
  readonly #onPiece: (() => void) | undefined;
  readonly #unfolding: Unfolding;
  /** Bytes received before the format is known. */
  #head: Uint8Array[] = [];
  #headBytes = 0;
  #format: CsvFormat | undefined;
  #windowBytes: number;
  #rows: Rows | undefined;

  constructor(options: ReadOptions = {}) {
    const { limits, sniffBytes = SNIFF_BYTES, textColumns = NONE, plain = true } = options;
    this.#csv = options.csv;
    this.#decimalComma = options.decimalComma;
    this.#readings = options.readings ?? NO_READINGS;
    this.#limits = { ...TABLE_LIMITS, ...limits };
    this.#sniffBytes = sniffBytes;
    this.#windowBytes = sniffBytes;
    this.#textColumns = textColumns;
    this.#memory = options.memory ?? sharedMemory();
    this.#plain = plain;
    this.#threads = options.threads;
    this.#hash = options.digest === false ? undefined : createHash('sha256');
    this.#onPiece = options.onPiece;
    const bytesMax = options.unfoldedBytesMax ?? UNFOLDED_BYTES_MAX;
    this.#unfolding = new Unfolding(bytesMax, (bytes) => this.#take(bytes));
  }

  /**
   * Reads the next chunk.
   * @param chunk may be reused after the call
   * @throws NotATableError if the content is not a table
   * @throws TooLargeError if a gzip file decompresses to too many bytes
   * @throws DataError if the text is not a complete table: a ragged row, a duplicate or empty name, a quote that does
   *   not close, a NUL, invalid characters, a damaged gzip file, or more than `limits` allow
   */
  push(chunk: Uint8Array): void {
    this.#hash?.update(chunk);
    this.#unfolding.push(chunk);
  }

  /** Finishes the table. @throws as `push`, and DataError if there is no header line or no row below it */
  end(): Table {
    this.#unfolding.end();
    const rows = this.#rows ?? (this.#open(true) as Rows);
    if (!rows.hasEnded) rows.feed.end();
    return rows.builder.finish(this.#hash?.digest('hex').slice(0, DIGEST_CHARS) ?? '');
  }

  #take(bytes: Uint8Array): void {
    this.#onPiece?.();
    if (this.#rows !== undefined) {
      this.#rows.feed.push(bytes);
      return;
    }
    this.#head.push(Uint8Array.from(bytes));
    this.#headBytes += bytes.length;
    if (this.#headBytes >= this.#windowBytes + BEHIND_WINDOW_BYTES) this.#rows = this.#open(false);
  }

  /**
   * Detects the format and the text columns, and reads the bytes received so far.
   * @returns undefined if more bytes are needed
   */
  #open(isEnd: boolean): Rows | undefined {
    const head = Buffer.concat(this.#head);
    this.#format ??= this.#sniff(head.subarray(0, this.#sniffBytes + BEHIND_WINDOW_BYTES));
    for (;;) {
      const isWhole = isEnd && head.length <= this.#windowBytes;
      const window = this.#windowOf(head, isWhole);
      let rows = this.#read(window, isWhole, this.#readings);
      if (rows.builder.rows > 0 || isWhole || this.#windowBytes >= WINDOW_BYTES_MAX) {
        const others = rows.builder.columns.filter(
          ({ name, isText, hasOthers }) => !isText && hasOthers && !this.#readings.has(name),
        );
        // The texts of these columns were not kept, so the columns are read again as text.
        const texts = others.map(({ name }) => [name, 'texts'] as const);
        if (texts.length > 0) rows = this.#read(window, isWhole, new Map([...this.#readings, ...texts]));
        this.#head = [];
        if (!isWhole && this.#threads !== undefined)
          rows.feed.share(this.#memory, this.#threads, rows.builder);
        if (!isWhole) rows.feed.push(head.subarray(textStart(this.#format) + window.length));
        return rows;
      }
      // A window without a row says nothing about the columns.
      this.#windowBytes *= 2;
      if (!isEnd && head.length < this.#windowBytes + BEHIND_WINDOW_BYTES) return undefined;
    }
  }

  #sniff(head: Uint8Array): CsvFormat {
    const { signIsOpen, ...format } = sniff(head, this.#sniffBytes, this.#csv);
    if (this.#decimalComma !== undefined) return { ...format, decimalComma: this.#decimalComma };
    return { ...format, ...(signIsOpen && { signIsOpen }) };
  }

  /** Returns the part of the text that decides which columns are text: whole lines, if there are any. */
  #windowOf(head: Uint8Array, isWhole: boolean): Uint8Array {
    const text = head.subarray(textStart(this.#format as CsvFormat));
    if (isWhole) return text;
    const window = text.subarray(0, this.#windowBytes);
    const lines = window.lastIndexOf(LF) + 1;
    return lines > 0 ? window.subarray(0, lines) : window;
  }

  #read(window: Uint8Array, isWhole: boolean, readings: ReadonlyMap<string, ColumnReading>): Rows {
    const format = this.#format as CsvFormat;
    const memory = this.#memory;
    const builder = new TableBuilder({
      memory,
      format,
      limits: this.#limits,
      textColumns: this.#textColumns,
      readings,
      inputBytes: inputBytes(PIECE_BYTES, this.#limits),
      sharing: this.#threads && sharingFor(this.#threads),
    });
    const isPlain = this.#plain && PlainScanner.takes(format);
    let sampled: ReturnType<Sample> | undefined;
    const sample: Sample = () => {
      sampled ??= sampleRows(window, format, !isWhole);
      return sampled;
    };
    const scanner = isPlain ? new PlainScanner(memory, builder, format, this.#limits) : undefined;
    const feed = new RowFeed(builder, format, this.#limits, scanner, sample);
    feed.push(window);
    if (isWhole) feed.end();
    return { builder, feed, hasEnded: isWhole };
  }
}

/** Readers for the rows of a file. */
interface Rows {
  readonly builder: TableBuilder;
  readonly feed: RowFeed;
  readonly hasEnded: boolean;
}

/** Reads a file that is in memory as a whole. @throws as `TableReading` */
export function readTable(bytes: Uint8Array, options: ReadOptions = {}): Table {
  const table = readOnce(bytes, options);
  const again = fileReading(table);
  return again === undefined ? table : readOnce(bytes, { ...options, ...again });
}

function readOnce(bytes: Uint8Array, options: ReadOptions): Table {
  const reading = new TableReading(options);
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    reading.push(bytes.subarray(from, from + CHUNK_BYTES));
  }
  return reading.end();
}
