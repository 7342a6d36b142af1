import { isAscii, isUtf8 } from 'node:buffer';
import { type Kernels, kernelsOf, type SharedMemory } from '../kernels/module.ts';
import { SCAN, SCAN_BYTES, SCAN_ENDS, SPAN_BYTES } from '../kernels/scanLayout.ts';
import type { CsvFormat } from './sniff.ts';
import type { TableBuilder } from './tableBuilder.ts';
import type { TableLimits } from './tableLimits.ts';

/** Up to so many bytes behind those that are scanned are looked at, and they are aligned. */
const SLACK_BYTES = 80;

const WORD_BYTES = 8;

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

/** Room for the bytes of a piece and of the row that begins before it. */
export function inputBytes(pieceBytes: number, { lineChars }: TableLimits): number {
  return lineChars + pieceBytes + SLACK_BYTES;
}

/**
 * Hands whole rows to the kernels. Bytes are held where the kernels read them, from the beginning of a row on; what
 * they do not take is given back to be read as text.
 */
export class PlainScanner {
  readonly #memory: SharedMemory;
  readonly #kernels: Kernels;
  readonly #builder: TableBuilder;
  readonly #encoding: CsvFormat['encoding'];
  readonly #limits: TableLimits;
  /** Views of the memory, once the builder knows the columns. */
  #input: Buffer | undefined;
  #state: Uint32Array = new Uint32Array(0);
  #spans: Uint32Array = new Uint32Array(0);
  #rowsMax = 0;
  /** The bytes that are held: where the rows begin that are not taken yet, where whole rows end, and where all ends. */
  #from = 0;
  #rowsEnd = 0;
  #end = 0;

  constructor(memory: SharedMemory, builder: TableBuilder, format: CsvFormat, limits: TableLimits) {
    this.#memory = memory;
    this.#kernels = kernelsOf(memory);
    this.#builder = builder;
    this.#encoding = format.encoding;
    this.#limits = limits;
  }

  /** Whether files of this encoding can have plain rows. */
  static takes(encoding: CsvFormat['encoding']): boolean {
    return encoding === 'utf-8' || encoding === 'windows-1252';
  }

  /** Rows at most. */
  get rowsMax(): number {
    return this.#rowsMax;
  }

  /** Bytes that are held. */
  get restBytes(): number {
    return this.#end - this.#from;
  }

  /** Holds more bytes, behind those of the row that is not whole yet. */
  hold(bytes: Uint8Array): void {
    const input = this.open();
    const rest = this.restBytes;
    // Copied to where they are aligned as they were, bytes are copied in words.
    const place = Math.ceil(rest / WORD_BYTES) * WORD_BYTES + (bytes.byteOffset % WORD_BYTES);
    input.copyWithin(place - rest, this.#from, this.#end);
    input.set(bytes, place);
    this.#from = place - rest;
    this.#end = place + bytes.length;
    this.#rowsEnd = this.#from + this.#view(this.#from, this.#end).lastIndexOf(LF) + 1;
  }

  /** To be called once the builder knows the columns; `hold` does it too. */
  open(): Buffer {
    if (this.#input !== undefined) return this.#input;
    const { columns, places } = this.#builder;
    const { buffer } = this.#memory;
    const { rows, cells, cellChars, lineChars } = this.#limits;
    this.#rowsMax = Math.min(rows, Math.floor(cells / columns.length));
    this.#state = new Uint32Array(buffer, places.scan, SCAN_BYTES / 4);
    // A line no longer than a cell may be has no cell that is too long.
    this.#state[SCAN.lineBytesMax] = Math.min(lineChars, cellChars);
    this.#spans = new Uint32Array(buffer, places.spans, (this.#state[SCAN.spansMax]! * SPAN_BYTES) / 4);
    this.#input = Buffer.from(buffer, places.input, places.table - places.input);
    return this.#input;
  }

  /** Whether the whole rows that are held have no quotes, no NUL, no CR but before LF, and no bytes that are no characters. */
  isPlain(): boolean {
    const rows = this.#view(this.#from, this.#rowsEnd);
    if (rows.includes(QUOTE) || rows.includes(0)) return false;
    if (!(this.#encoding === 'utf-8' ? isUtf8(rows) : isAscii(rows))) return false;
    const { input } = this.#builder.places;
    return !(rows.includes(CR) && this.#kernels.hasLoneCr(input + this.#from, input + this.#rowsEnd));
  }

  /**
   * Takes whole rows until there are no more, or until one is odd.
   * @returns the bytes that have to be read as text; undefined: all whole rows are taken
   */
  scan(): Buffer | undefined {
    const builder = this.#builder;
    const { input, scan } = builder.places;
    while (this.#from < this.#rowsEnd) {
      const rowsLeft = this.#rowsMax - builder.rows;
      // Whoever reads text knows how to refuse a row too many.
      if (rowsLeft <= 0) return this.#takeUpTo(this.#rowsEnd);
      const { blockRow, blockRows } = builder;
      const rowsMax = Math.min(blockRows, blockRow + rowsLeft);
      const end = this.#kernels.scan(scan, input + this.#from, input + this.#rowsEnd, blockRow, rowsMax);
      this.#settleSpans();
      this.#from = this.#state[SCAN.next]! - input;
      builder.take(this.#state[SCAN.nextRow]!);
      if (end === SCAN_ENDS.oddRow && !this.#skipBlankLines()) {
        return this.#takeUpTo(this.#lineEnd(this.#from));
      }
    }
    return undefined;
  }

  /** They are no rows, and there may be millions of them. */
  #skipBlankLines(): boolean {
    const input = this.#input as Buffer;
    const from = this.#from;
    for (;;) {
      const at = this.#from;
      if (input[at] === LF) this.#from = at + 1;
      else if (input[at] === CR && input[at + 1] === LF) this.#from = at + 2;
      if (this.#from === at || this.#from >= this.#rowsEnd) return this.#from > from;
    }
  }

  /** Gives back all that is held. */
  takeRest(): Buffer {
    return this.#takeUpTo(this.#end);
  }

  /** Judges the cells that the kernels handed out. */
  #settleSpans(): void {
    const builder = this.#builder;
    const { input, staged } = builder.places;
    const count = this.#state[SCAN.spanCount]!;
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

  /** Notes for the kernels what the cell of a span was staged as, at `staged`. */
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
