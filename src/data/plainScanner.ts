import { isAscii, isUtf8 } from 'node:buffer';
import { type Kernels, kernelsOf, type SharedMemory } from '../kernels/module.ts';
import { SCAN, SCAN_BYTES, SCAN_ENDS, SPAN_BYTES } from '../kernels/scanLayout.ts';
import { isUtf16 } from './encoding.ts';
import type { MemoryLayout } from './memoryLayout.ts';
import type { RowSink } from './rowReader.ts';
import type { CsvFormat } from './sniff.ts';
import type { TableLimits } from './tableLimits.ts';

/** Bytes after the scanned bytes that may be read, including alignment. */
const SLACK_BYTES = 80;

const WORD_BYTES = 8;

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

/** Receives the rows of a file, and also rows whose cells the kernels have staged. */
export interface ScannedRows extends RowSink {
  /** The columns, once they are known. */
  readonly columns: readonly unknown[];
  readonly places: Pick<MemoryLayout, 'scan' | 'spans' | 'texts' | 'staged' | 'input' | 'table'>;
  /** Rows in the current block, and its capacity. */
  readonly blockRow: number;
  readonly blockRows: number;
  /** Whether no cell has proved the decimal sign yet. */
  readonly signIsOpen: boolean;
  /**
   * Stages one cell of the block.
   * @returns whether every cell with this column and text is staged the same way
   */
  stage(column: number, blockRow: number, text: string): boolean;
  /** Index of a cell among the staged words. */
  stagedAt(column: number, blockRow: number): number;
  /** Sets the number of rows in the block. The lines of these rows begin at `from`, and end before `to`. */
  take(blockRow: number, from: number, to: number): void;
}

/** Bytes of input memory: a piece, and the row that begins before it. */
export function inputBytes(pieceBytes: number, { lineChars }: TableLimits): number {
  return lineChars + pieceBytes + SLACK_BYTES;
}

/**
 * Passes whole rows to the kernels.
 * Bytes are held in the kernels' memory from the start of a row. Bytes that the kernels do not accept are returned,
 * to be read as text.
 */
export class PlainScanner {
  readonly #memory: SharedMemory;
  readonly #kernels: Kernels;
  readonly #builder: ScannedRows;
  readonly #encoding: CsvFormat['encoding'];
  readonly #limits: TableLimits;
  /** Views of the memory, created once the builder knows the columns. */
  #input: Buffer | undefined;
  #state: Uint32Array = new Uint32Array(0);
  #spans: Uint32Array = new Uint32Array(0);
  #rowsMax = 0;
  /** The held bytes. Offsets: first row not yet read, end of the whole rows, end of the bytes. */
  #from = 0;
  #rowsEnd = 0;
  #end = 0;

  constructor(memory: SharedMemory, builder: ScannedRows, format: CsvFormat, limits: TableLimits) {
    this.#memory = memory;
    this.#kernels = kernelsOf(memory);
    this.#builder = builder;
    this.#encoding = format.encoding;
    this.#limits = limits;
  }

  /** Whether files in this format can have plain rows: ASCII stands for itself, and one byte separates cells. */
  static takes({ encoding, delimiter, joinsBlanks = false }: CsvFormat): boolean {
    return !isUtf16(encoding) && !joinsBlanks && delimiter.length === 1 && delimiter.charCodeAt(0) < 0x80;
  }

  /** Largest number of rows allowed. */
  get rowsMax(): number {
    return this.#rowsMax;
  }

  /** Number of bytes held. */
  get restBytes(): number {
    return this.#end - this.#from;
  }

  /** Adds bytes after the incomplete row. */
  hold(bytes: Uint8Array): void {
    const input = this.open();
    const rest = this.restBytes;
    // The copy is word by word if source and target have the same alignment.
    const place = Math.ceil(rest / WORD_BYTES) * WORD_BYTES + (bytes.byteOffset % WORD_BYTES);
    input.copyWithin(place - rest, this.#from, this.#end);
    input.set(bytes, place);
    this.#from = place - rest;
    this.#end = place + bytes.length;
    this.#rowsEnd = this.#from + this.#view(this.#from, this.#end).lastIndexOf(LF) + 1;
  }

  /** Opens the views. Call it after the builder knows the columns. `hold` calls it too. */
  open(): Buffer {
    if (this.#input !== undefined) return this.#input;
    const { columns, places } = this.#builder;
    const { buffer } = this.#memory;
    const { rows, cells, cellChars, lineChars } = this.#limits;
    this.#rowsMax = Math.min(rows, Math.floor(cells / columns.length));
    this.#state = new Uint32Array(buffer, places.scan, SCAN_BYTES / 4);
    // A line that is not longer than the limit for a cell has no cell that is too long.
    this.#state[SCAN.lineBytesMax] = Math.min(lineChars, cellChars);
    this.#spans = new Uint32Array(buffer, places.spans, (this.#state[SCAN.spansMax]! * SPAN_BYTES) / 4);
    this.#input = Buffer.from(buffer, places.input, places.table - places.input);
    return this.#input;
  }

  /** Whether the held whole rows have no quotes, no NUL, no CR except before LF, and no invalid characters. */
  isPlain(): boolean {
    const rows = this.#view(this.#from, this.#rowsEnd);
    if (rows.includes(QUOTE) || rows.includes(0)) return false;
    if (!(this.#encoding === 'utf-8' ? isUtf8(rows) : isAscii(rows))) return false;
    const { input } = this.#builder.places;
    return !(rows.includes(CR) && this.#kernels.hasLoneCr(input + this.#from, input + this.#rowsEnd));
  }

  /**
   * Reads whole rows until none is left or a row is odd.
   * @returns the bytes that must be read as text; undefined if all whole rows are read
   */
  scan(): Buffer | undefined {
    const builder = this.#builder;
    const { input, scan } = builder.places;
    while (this.#from < this.#rowsEnd) {
      const rowsLeft = this.#rowsMax - builder.rows;
      // The text reader reports the error for too many rows.
      if (rowsLeft <= 0) return this.#takeUpTo(this.#rowsEnd);
      const { blockRow, blockRows } = builder;
      const rowsMax = Math.min(blockRows, blockRow + rowsLeft);
      const end = this.#kernels.scan(scan, input + this.#from, input + this.#rowsEnd, blockRow, rowsMax);
      this.#settleSpans();
      const next = this.#state[SCAN.next]!;
      builder.take(this.#state[SCAN.nextRow]!, input + this.#from, next);
      this.#from = next - input;
      if (end === SCAN_ENDS.oddRow && !this.#skipBlankLines()) {
        return this.#takeUpTo(this.#lineEnd(this.#from));
      }
    }
    return undefined;
  }

  /** Skips blank lines, which are not rows. There may be millions of them. */
  #skipBlankLines(): boolean {
    const input = this.#input as Buffer;
    let lines = 0;
    for (let at = this.#from; at < this.#rowsEnd; lines++) {
      if (input[at] === LF) at += 1;
      else if (input[at] === CR && input[at + 1] === LF) at += 2;
      else break;
      this.#from = at;
    }
    this.#builder.lines.add(this.#builder.rows, lines);
    return lines > 0;
  }

  /** Returns all held bytes. */
  takeRest(): Buffer {
    return this.#takeUpTo(this.#end);
  }

  /** Stages the cells that the kernels handed out. */
  #settleSpans(): void {
    const builder = this.#builder;
    const { input, staged } = builder.places;
    const count = this.#state[SCAN.spanCount]!;
    if (builder.signIsOpen) this.#sortSpans(count);
    for (let index = 0; index < 4 * count; index += 4) {
      const address = this.#spans[index]!;
      const length = this.#spans[index + 1]!;
      const blockRow = this.#spans[index + 2]!;
      const column = this.#spans[index + 3]!;
      const text = this.#view(address - input, address - input + length).toString();
      if (builder.stage(column, blockRow, text))
        this.#remember(index, staged + 8 * builder.stagedAt(column, blockRow));
    }
  }

  /** Puts the spans in the order of the file, because the first proof of the decimal sign counts. */
  #sortSpans(count: number): void {
    const spans = Array.from({ length: count }, (_, index) => this.#spans.slice(4 * index, 4 * index + 4));
    spans.sort((a, b) => a[0]! - b[0]!);
    for (const [index, span] of spans.entries()) this.#spans.set(span, 4 * index);
  }

  /** Tells the kernels how the cell of a span was staged, at `staged`. */
  #remember(index: number, staged: number): void {
    const { texts } = this.#builder.places;
    if (this.#state[SCAN.texts] === 0) {
      new Uint8Array(this.#memory.buffer, texts, this.#kernels.textsBytes()).fill(0);
      this.#state[SCAN.texts] = texts;
    }
    const [address, length, , column] = this.#spans.subarray(index, index + 4) as unknown as number[];
    this.#kernels.rememberWord(texts, address!, length!, column!, staged);
  }

  #lineEnd(from: number): number {
    return (this.#input as Buffer).indexOf(LF, from) + 1;
  }

  #takeUpTo(to: number): Buffer {
    const bytes = this.#view(this.#from, to);
    this.#from = to;
    return bytes;
  }

  #view(from: number, to: number): Buffer {
    return (this.#input ?? Buffer.alloc(0)).subarray(from, to);
  }
}
