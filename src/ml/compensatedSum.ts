/**
 * A sum that keeps its rounding errors, so that the number of terms does not matter.
 * Source: D. E. Knuth, The Art of Computer Programming 2 (1969), section 4.2.2: the error of an addition is a double.
 */
export class CompensatedSum {
  #sum = 0;
  #error = 0;

  /** @param error rounding error that `value`, a sum itself, lacks */
  add(value: number, error = 0): void {
    const before = this.#sum;
    const after = before + value;
    const added = after - before;
    this.#sum = after;
    this.#error += error + (before - (after - added) + (value - added));
  }

  /**
   * The sum divided by a whole number, rounded once or, rarely, within one unit in the last place.
   * @returns not finite if an addition overflowed or a value was not finite
   */
  over(count: number): number {
    const sum = this.#sum + this.#error;
    const rest = this.#error - (sum - this.#sum);
    const quotient = (Number.isFinite(sum) ? sum : this.#sum) / count;
    const corrected = quotient + (remainder(sum, quotient, count) + rest) / count;
    return Number.isFinite(corrected) ? corrected : quotient;
  }
}

/** 2^27 + 1: it splits a double into halves whose products are exact. */
const SPLITTER = 134_217_729;

/** `sum - quotient * count` without rounding (T. J. Dekker, 1971). NaN if the quotient is near the largest double. */
function remainder(sum: number, quotient: number, count: number): number {
  const product = quotient * count;
  const [a, b] = [upperHalf(quotient), upperHalf(count)];
  const [c, d] = [quotient - a, count - b];
  const lost = c * d - (product - a * b - c * b - a * d);
  return sum - product - lost;
}

function upperHalf(x: number): number {
  const scaled = x * SPLITTER;
  return scaled - (scaled - x);
}
