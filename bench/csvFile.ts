import { closeSync, openSync, renameSync, writeSync } from 'node:fs';

const BUFFER_BYTES = 8 * 2 ** 20;
/** Longer than any number or name of these files. */
const CELL_BYTES_MAX = 64;

const COMMA = 0x2c;
const POINT = 0x2e;
const NEWLINE = 0x0a;
const ZERO = 0x30;

/** Writes a CSV as pandas' `to_csv` would, cell after cell. The file gets its name once it is whole. */
export class CsvFile {
  readonly #path: string;
  readonly #part: string;
  readonly #file: number;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #at = 0;

  constructor(path: string, names: readonly string[]) {
    this.#path = path;
    this.#part = `${path}.${process.pid}`;
    this.#file = openSync(this.#part, 'w');
    for (const name of names) this.#text(name);
    this.endRow();
  }

  /** Writes a whole number of 0 or more. */
  integer(value: number): void {
    this.#makeRoom();
    this.#at = this.#digits(value, 1);
    this.#buffer[this.#at++] = COMMA;
  }

  /** Writes `value / 10^decimals`, a number of 0 or more, without zeros at its end. A zero right after the point stays. */
  decimal(value: number, decimals: number): void {
    let left = decimals;
    let whole = value;
    while (left > 1 && whole % 10 === 0) {
      whole /= 10;
      left -= 1;
    }
    this.#makeRoom();
    const end = this.#digits(whole, left + 1);
    this.#buffer.copyWithin(end - left + 1, end - left, end);
    this.#buffer[end - left] = POINT;
    this.#at = end + 1;
    this.#buffer[this.#at++] = COMMA;
  }

  /** Writes any double below 1e16 with its shortest text, as Python's `repr` does. */
  real(value: number): void {
    if (Math.abs(value) < 1e-4 && value !== 0) {
      this.#text(value.toExponential().replace(/e-(\d)$/, 'e-0$1'));
    } else {
      const text = String(value);
      this.#text(Number.isInteger(value) ? `${text}.0` : text);
    }
  }

  endRow(): void {
    // The line end replaces the comma behind the last cell.
    this.#buffer[this.#at - 1] = NEWLINE;
  }

  close(): void {
    writeSync(this.#file, this.#buffer, 0, this.#at);
    closeSync(this.#file);
    renameSync(this.#part, this.#path);
  }

  #text(text: string): void {
    this.#makeRoom();
    this.#at += this.#buffer.write(text, this.#at, 'latin1');
    this.#buffer[this.#at++] = COMMA;
  }

  /** Writes a whole number with at least `digits` digits. Returns the place behind it. */
  #digits(value: number, digits: number): number {
    let length = 1;
    for (let bound = 10; value >= bound; bound *= 10) length += 1;
    const end = this.#at + Math.max(length, digits);
    let left = value;
    for (let at = end - 1; at >= this.#at; at -= 1) {
      const tenth = Math.floor(left / 10);
      this.#buffer[at] = ZERO + left - tenth * 10;
      left = tenth;
    }
    return end;
  }

  /** Writes the buffer to the file, except its last byte, which `endRow` may still change. */
  #makeRoom(): void {
    if (this.#at + CELL_BYTES_MAX <= BUFFER_BYTES) return;
    const length = this.#at - 1;
    writeSync(this.#file, this.#buffer, 0, length);
    this.#buffer[0] = this.#buffer[length]!;
    this.#at = 1;
  }
}
