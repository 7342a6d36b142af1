import { ensureBytes, type Kernels, kernelsOf, type SharedMemory } from '../../../kernels/module.ts';
import {
  ROW_TEXT_BYTES,
  ROW_VALUE_BYTES,
  ROWS,
  ROWS_BYTES,
  ROWS_SLACK_BYTES,
} from '../../../kernels/scanLayout.ts';
import { shortestPowers } from '../../../kernels/shortestPowers.ts';

export interface RowWriterOptions {
  readonly memory: SharedMemory;
  /** First free address of the memory. */
  readonly from: number;
  readonly delimiter: string;
  readonly decimalComma: boolean;
  /** What follows a line, by the row's code. The last text stands for a row without numbers. */
  readonly texts: readonly string[];
  /** Numbers of each row. */
  readonly nValues: number;
  /** Most rows of a batch. */
  readonly rowsMax: number;
}

const ALIGNMENT = 16;

/** Writes rows with further cells into the kernels' memory, behind the rows before. */
export class RowWriter {
  readonly #options: RowWriterOptions;
  readonly #kernels: Kernels;
  readonly #state: number;
  readonly #powers: number;
  readonly #texts: number;
  readonly #codes: number;
  readonly #values: number;
  readonly #begin: number;
  readonly #textBytes: readonly Buffer[];
  /** Most bytes of the cells that are added to a row. */
  readonly #cellsBytesMax: number;
  #end: number;

  constructor(options: RowWriterOptions) {
    const { memory, from, texts, nValues, rowsMax } = options;
    this.#options = options;
    this.#kernels = kernelsOf(memory);
    this.#textBytes = texts.map((text) => Buffer.from(text));
    const bytes = this.#textBytes.map(({ length }) => align(length));
    let free = align(from);
    const take = (count: number) => {
      const address = free;
      free = align(free + count);
      return address;
    };
    this.#state = take(ROWS_BYTES);
    this.#powers = take(shortestPowers().byteLength);
    this.#texts = take(texts.length * ROW_TEXT_BYTES + bytes.reduce((sum, one) => sum + one, ALIGNMENT));
    this.#codes = take(rowsMax * 4);
    this.#values = take(rowsMax * nValues * 8);
    this.#begin = free;
    this.#end = free;
    this.#cellsBytesMax = Math.max(...bytes) + nValues * ROW_VALUE_BYTES + 1;
  }

  /** Prepares the memory, which may have been used by others, and begins anew. */
  open(): void {
    const { memory, delimiter, decimalComma, nValues } = this.#options;
    ensureBytes(memory, this.#begin);
    const powers = shortestPowers();
    new BigUint64Array(memory.buffer, this.#powers, powers.length).set(powers);
    const state = new Uint32Array(memory.buffer, this.#state, ROWS_BYTES / 4);
    const bytes = Buffer.from(delimiter);
    state[ROWS.delimiter] = bytes.reduceRight((word, byte) => word * 256 + byte, 0);
    state[ROWS.delimiterBytes] = bytes.length;
    state[ROWS.point] = (decimalComma ? ',' : '.').charCodeAt(0);
    state[ROWS.powers] = this.#powers;
    state[ROWS.values] = this.#values;
    state[ROWS.nValues] = nValues;
    state[ROWS.codes] = this.#codes;
    state[ROWS.texts] = this.#texts;
    state[ROWS.nTexts] = this.#textBytes.length;
    this.#writeTexts();
    this.#end = this.#begin;
  }

  #writeTexts(): void {
    const { buffer } = this.#options.memory;
    const notes = new Uint32Array(buffer, this.#texts, 2 * this.#textBytes.length);
    let place = align(this.#texts + notes.byteLength);
    this.#textBytes.forEach((bytes, code) => {
      new Uint8Array(buffer, place, bytes.length).set(bytes);
      notes.set([place, bytes.length], 2 * code);
      place = align(place + bytes.length);
    });
  }

  /** The code of each row of the next batch, to be filled in. */
  codes(rows: number): Uint32Array {
    return new Uint32Array(this.#options.memory.buffer, this.#codes, rows);
  }

  /** The numbers of the next batch, row after row, to be filled in. */
  values(rows: number): Float64Array {
    const { memory, nValues } = this.#options;
    return new Float64Array(memory.buffer, this.#values, rows * nValues);
  }

  /** Writes a text as it is. */
  writeText(bytes: Uint8Array): void {
    this.#reserve(bytes.length, 0);
    new Uint8Array(this.#options.memory.buffer, this.#end, bytes.length).set(bytes);
    this.#end += bytes.length;
  }

  /** Writes whole lines of the memory with the cells of their rows, from the row with this number on. */
  writeLines(from: number, to: number, row: number, rows: number): void {
    this.#reserve(to - from, rows);
    this.#end = this.#kernels.writeRows(this.#state, from, to, row, this.#end);
  }

  /** Writes a row with its cells. */
  writeRow(line: Uint8Array, row: number): void {
    this.#reserve(line.length, 1);
    this.writeText(line);
    this.#end = this.#kernels.writeCells(this.#state, row, this.#end);
  }

  /** Copies what was written into a buffer, or into a new one if there is no room, and begins anew. */
  take(into: Uint8Array): Uint8Array {
    const length = this.#end - this.#begin;
    const room = into.length < length ? sharedBytes(length + length / 4) : into;
    room.set(new Uint8Array(this.#options.memory.buffer, this.#begin, length));
    this.#end = this.#begin;
    return room.subarray(0, length);
  }

  #reserve(bytes: number, rows: number): void {
    ensureBytes(
      this.#options.memory,
      this.#end + bytes + rows * this.#cellsBytesMax + ROW_VALUE_BYTES + ROWS_SLACK_BYTES,
    );
  }
}

/** Bytes that a message between threads hands over without a copy. */
function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(Math.ceil(length)));
}

function align(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
}
