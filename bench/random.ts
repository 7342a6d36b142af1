/** A small fast generator of 32-bit numbers from a seed (sfc32, Doty-Humphrey), with the draws that the bench needs. */
export class Random {
  #a: number;
  #b = 0x9e3779b9 | 0;
  #c = 0x243f6a88 | 0;
  #counter = 1;
  #spare = Number.NaN;

  constructor(seed: number) {
    this.#a = seed | 0;
    // The first numbers are left out, because similar seeds begin with similar numbers.
    for (let k = 0; k < 15; k += 1) this.#next();
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** Draws a whole number from `low` up to, but not including, `high`. */
  integer(low: number, high: number): number {
    return low + Math.floor((this.#next() / 2 ** 32) * (high - low));
  }

  /** Draws a number uniformly from [0, 1), with 53 random bits. */
  uniform(): number {
    return ((this.#next() >>> 5) * 2 ** 26 + (this.#next() >>> 6)) / 2 ** 53;
  }

  /** Draws a standard normal number, by Marsaglia's polar method. */
  normal(): number {
    const spare = this.#spare;
    if (!Number.isNaN(spare)) {
      this.#spare = Number.NaN;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * factor;
      return x * factor;
    }
  }
}
