import { createHash, type Hash } from 'node:crypto';
import { type SharedMemory, sharedMemory } from '../kernels/module.ts';
import type { BlockThreads } from '../kernels/passes.ts';
import { sharingFor } from './blockFeed.ts';
import { inputBytes, PlainScanner } from './plainScanner.ts';
import { PIECE_BYTES, RowFeed } from './rowFeed.ts';
import { type CsvFormat, SNIFF_BYTES, sniff } from './sniff.ts';
import type { Table } from './table.ts';
import { TableBuilder } from './tableBuilder.ts';
import { TABLE_LIMITS, type TableLimits } from './tableLimits.ts';
import { UNFOLDED_BYTES_MAX, Unfolding } from './unfold.ts';

export interface ReadOptions {
  /** The most bytes that a gzip file may unfold to. */
  readonly unfoldedBytesMax?: number;
  /** How much of the file tells how it is written, and which columns are text. */
  readonly sniffBytes?: number;
  /** Those that are given are in the place of `TABLE_LIMITS`. */
  readonly limits?: Partial<TableLimits>;
  /** Names of columns that are read as text whatever they look like. */
  readonly textColumns?: ReadonlySet<string>;
  /** Where the table is put, from `FIRST_ADDRESS` on, over what lay there; a memory of its own where none is given. */
  readonly memory?: SharedMemory;
  /** Whether the file's digest is taken, which takes a fifth of the time; else it is empty. */
  readonly digest?: boolean;
  /** Whether plain rows are read by the kernels; the table does not depend on it. */
  readonly plain?: boolean;
  /** Is called before each piece is read, and may throw, which ends the reading. */
  readonly onPiece?: () => void;
  /** Threads that share in it where the file is large, on the memory given; the table does not depend on them either. */
  readonly threads?: BlockThreads;
}

/** What is handed on at a time of a file that is there as a whole. */
const CHUNK_BYTES = 1 << 20;
/** A header line and some rows fit into it; blank lines are not waited out any longer, for they would be kept. */
const WINDOW_BYTES_MAX = 1 << 23;
const LF = 0x0a;
/** The signatures of other formats, and the rest of a character that the window cuts. */
const BEHIND_WINDOW_BYTES = 16;
/** MLflow allows 36 characters. */
const DIGEST_CHARS = 32;
const NONE: ReadonlySet<string> = new Set();

/**
 * Reads a CSV with a header line as it comes, gzip or not, written as `sniff` finds it: RFC 4180 with the liberties
 * that pandas takes (LF, CRLF or CR ends a row, blank lines are skipped). Papa Parse gives the meaning; table and error
 * do not depend on where the chunks are cut.
 */
export class TableReading {
  readonly #limits: TableLimits;
  readonly #sniffBytes: number;
  readonly #textColumns: ReadonlySet<string>;
  readonly #memory: SharedMemory;
  readonly #plain: boolean;
  readonly #threads: BlockThreads | undefined;
  readonly #hash: Hash | undefined;
  readonly #onPiece: (() => void) | undefined;
  readonly #unfolding: Unfolding;
  /** What has come while it is not known how the file is written. */
  #head: Uint8Array[] = [];
  #headBytes = 0;
  #format: CsvFormat | undefined;
  #windowBytes: number;
  #rows: Rows | undefined;

  constructor(options: ReadOptions = {}) {
    const { limits, sniffBytes = SNIFF_BYTES, textColumns = NONE, plain = true } = options;
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
   * @param chunk may be used for something else afterwards
   * @throws NotATableError where the content is no table
   * @throws TooLargeError where a gzip file unfolds to too much
   * @throws DataError where the text is no whole table: a ragged row, a doubled or empty name, a quote that does not
   *   close, a NUL, bytes that are no characters, a damaged gzip file, or more than `limits` allow
   */
  push(chunk: Uint8Array): void {
    this.#hash?.update(chunk);
    this.#unfolding.push(chunk);
  }

  /** @throws what `push` throws, and DataError where there is no header line or no row below it */
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
   * Finds out how the file is written and which columns are text, and reads what has come of it.
   * @returns undefined where more must come first
   */
  #open(isEnd: boolean): Rows | undefined {
    const head = Buffer.concat(this.#head);
    this.#format ??= sniff(head.subarray(0, this.#sniffBytes + BEHIND_WINDOW_BYTES), this.#sniffBytes);
    for (;;) {
      const isWhole = isEnd && head.length <= this.#windowBytes;
      const window = this.#windowOf(head, isWhole);
      let rows = this.#read(window, isWhole, NONE);
      if (rows.builder.rows > 0 || isWhole || this.#windowBytes >= WINDOW_BYTES_MAX) {
        const others = rows.builder.columns.filter(({ isText, hasOthers }) => !isText && hasOthers);
        // What their cells hold is not kept, so they are read again as text.
        if (others.length > 0) rows = this.#read(window, isWhole, new Set(others.map(({ name }) => name)));
        this.#head = [];
        if (!isWhole && this.#threads !== undefined) rows.feed.share(this.#memory, this.#threads);
        if (!isWhole) rows.feed.push(head.subarray(this.#format.bomBytes + window.length));
        return rows;
      }
      // A window without a row tells nothing of the columns.
      this.#windowBytes *= 2;
      if (!isEnd && head.length < this.#windowBytes + BEHIND_WINDOW_BYTES) return undefined;
    }
  }

  /** The part of the text that tells which columns are text: whole lines, as far as there are some. */
  #windowOf(head: Uint8Array, isWhole: boolean): Uint8Array {
    const text = head.subarray((this.#format as CsvFormat).bomBytes);
    if (isWhole) return text;
    const window = text.subarray(0, this.#windowBytes);
    const lines = window.lastIndexOf(LF) + 1;
    return lines > 0 ? window.subarray(0, lines) : window;
  }

  #read(window: Uint8Array, isWhole: boolean, otherColumns: ReadonlySet<string>): Rows {
    const format = this.#format as CsvFormat;
    const memory = this.#memory;
    const builder = new TableBuilder({
      memory,
      format,
      textColumns: this.#textColumns,
      otherColumns,
      inputBytes: inputBytes(PIECE_BYTES, this.#limits),
      sharing: this.#threads && sharingFor(this.#threads),
    });
    const isPlain = this.#plain && PlainScanner.takes(format.encoding);
    const scanner = isPlain ? new PlainScanner(memory, builder, format, this.#limits) : undefined;
    const feed = new RowFeed(builder, format, this.#limits, scanner);
    feed.push(window);
    if (isWhole) feed.end();
    return { builder, feed, hasEnded: isWhole };
  }
}

/** What reads the rows of a file. */
interface Rows {
  readonly builder: TableBuilder;
  readonly feed: RowFeed;
  readonly hasEnded: boolean;
}

/** Reads a file that is there as a whole. @throws what `TableReading` throws */
export function readTable(bytes: Uint8Array, options: ReadOptions = {}): Table {
  const reading = new TableReading(options);
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    reading.push(bytes.subarray(from, from + CHUNK_BYTES));
  }
  return reading.end();
}
