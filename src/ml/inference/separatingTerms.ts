import type { ClassCodes } from '../labels.ts';
import type { Term } from './scaledTerms.ts';

/** Returns the names of the terms each of which separates the classes by itself, completely or in part. */
export function separatingTerms(terms: readonly Term[], codes: ClassCodes): string[] {
  return terms.filter(({ column }) => separates(column.toArray(), codes)).map(({ name }) => name);
}

/** Whether a value divides the classes: the values of one class are at most this value, the other's at least. */
function separates(values: Float64Array, codes: ClassCodes): boolean {
  const least = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const largest = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const code = codes[i]!;
    const value = values[i]!;
    if (value < least[code]!) least[code] = value;
    if (value > largest[code]!) largest[code] = value;
  }
  const isConstant = Math.min(...least) === Math.max(...largest);
  return !isConstant && (largest[0]! <= least[1]! || largest[1]! <= least[0]!);
}
