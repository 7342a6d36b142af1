/** Association of a single column with the classes of the target, before any training. */

/** mathjs takes 0.5 s to load, so it is loaded only if it is needed. */
const loadMathjs = () => import('mathjs');

/**
 * Area under the ROC curve for each class against all others, with the values as scores.
 * The area is the probability that a row of the class has a larger value than a row of another class. A tie counts
 * half (Mann & Whitney 1947). Pairs are counted in whole numbers, so each area is rounded once.
 *
 * @param codes each row's class, 0 to `nClasses - 1`; rows with a code below 0 or the value NaN are left out
 * @returns one area for each class, NaN if the class or all other classes together have no row
 */
export function rocAucByClass(values: Float64Array, codes: ArrayLike<number>, nClasses: number): number[] {
  const groups = sortedByClass(values, codes, nClasses);
  const all = merge(groups);
  return groups.map((group) => {
    // Pairs within the class count as many wins as losses.
    const wins = countTwiceWins(group, all) - group.length ** 2;
    return wins / (2 * group.length * (all.length - group.length));
  });
}

/** Returns the values of each class, sorted. */
function sortedByClass(values: Float64Array, codes: ArrayLike<number>, nClasses: number): Float64Array[] {
  const counts = new Uint32Array(nClasses);
  for (let row = 0; row < values.length; row++) {
    const code = codes[row]!;
    if (code >= 0 && !Number.isNaN(values[row])) counts[code]!++;
  }
  const groups = Array.from(counts, (count) => new Float64Array(count));
  const filled = new Uint32Array(nClasses);
  for (let row = 0; row < values.length; row++) {
    const code = codes[row]!;
    const value = values[row]!;
    if (code >= 0 && !Number.isNaN(value)) groups[code]![filled[code]!++] = value;
  }
  return groups.map((group) => group.sort());
}

/** Merges sorted groups into one sorted array. */
function merge(groups: readonly Float64Array[]): Float64Array {
  if (groups.length <= 1) return groups[0] ?? new Float64Array();
  const middle = groups.length >> 1;
  const [first, second] = [merge(groups.slice(0, middle)), merge(groups.slice(middle))];
  const merged = new Float64Array(first.length + second.length);
  let a = 0;
  let b = 0;
  for (let index = 0; index < merged.length; index++) {
    const isFirst = b === second.length || first[a]! <= second[b]!;
    merged[index] = isFirst ? first[a++]! : second[b++]!;
  }
  return merged;
}

/** Counts 2 for each pair whose first value is larger, and 1 for each equal pair. Both arrays are sorted. */
function countTwiceWins(first: Float64Array, second: Float64Array): number {
  let wins = 0;
  let below = 0;
  let notAbove = 0;
  for (let index = 0; index < first.length; index++) {
    const value = first[index]!;
    below = skip(second, below, (other) => other < value);
    notAbove = skip(second, Math.max(notAbove, below), (other) => other <= value);
    wins += below + notAbove;
  }
  return wins;
}

/**
 * Returns the first index from `start` on whose value does not pass. The steps first double, then halve (Bentley &
 * Yao 1976).
 */
function skip(sorted: Float64Array, start: number, passes: (value: number) => boolean): number {
  let place = start;
  let step = 1;
  while (place + step <= sorted.length && passes(sorted[place + step - 1]!)) {
    place += step;
    step *= 2;
  }
  for (; step >= 1; step /= 2) {
    if (place + step <= sorted.length && passes(sorted[place + step - 1]!)) place += step;
  }
  return place;
}

/** Counts rows by value (rows of the result) and class (columns of the result). Codes below 0 are left out. */
export function crossTable(
  values: ArrayLike<number>,
  nValues: number,
  codes: ArrayLike<number>,
  nClasses: number,
): Uint32Array[] {
  const table = Array.from({ length: nValues }, () => new Uint32Array(nClasses));
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    const code = codes[row]!;
    if (value >= 0 && code >= 0) table[value]![code]!++;
  }
  return table;
}

/**
 * Cramér's V of a table of counts, of shape `(r, k)`: √(χ² / (n · (min(r, k) - 1))) (Cramér 1946).
 * χ² = Σ (O - E)² / E. E is the outer product of the row sums and column sums, divided by n. V ranges from 0
 * (independent) to 1. Rows and columns without a count are left out.
 *
 * @returns NaN if fewer than two rows or columns are left
 */
export async function cramersV(table: readonly ArrayLike<number>[]): Promise<number> {
  const filled = table
    .map((counts) => Array.from(counts))
    .filter((counts) => counts.some((count) => count > 0));
  const isUsed = (filled[0] ?? []).map((_, k) => filled.some((counts) => counts[k]! > 0));
  const observed = filled.map((counts) => counts.filter((_, k) => isUsed[k]));
  const shorter = Math.min(observed.length, observed[0]?.length ?? 0);
  if (shorter < 2) return Number.NaN;
  const { dotDivide, dotPow, multiply, subtract, sum, transpose } = await loadMathjs();
  const n = sum(observed);
  const byRow = observed.map((counts) => [sum(counts)]);
  const byColumn = [transpose(observed).map((counts) => sum(counts))];
  const expected = dotDivide(multiply(byRow, byColumn), n) as number[][];
  const chiSquared = sum(dotDivide(dotPow(subtract(observed, expected), 2), expected) as number[][]);
  return Math.sqrt(chiSquared / (n * (shorter - 1)));
}
