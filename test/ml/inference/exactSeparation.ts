/** How small whole numbers separate two classes, by the definition and without rounding errors. */
export interface ExactSeparation {
  readonly kind: 'none' | 'quasi' | 'complete';
  /** For each parameter whether the rows that are not separated determine it. */
  readonly determined: readonly boolean[];
}

/**
 * Looks for the directions d with `s_i x_i'd >= 0` in all rows, with s_i = 1 for class 1 and -1 for class 0. They are a
 * cone. If the rows have full rank, sums of its edges are all of it. At an edge, as many independent rows as there are
 * parameters less one are at 0, so that all edges come from subsets of rows.
 * @param rows two or three whole numbers each
 * @returns undefined if the columns depend on each other
 */
export function exactSeparation(
  rows: readonly (readonly number[])[],
  codes: readonly number[],
): ExactSeparation | undefined {
  const p = rows[0]!.length;
  if (rankOf(rows) < p) return undefined;
  const signed = rows.map((row, i) => row.map((value) => (codes[i] === 1 ? value : -value)));
  const scores = (d: readonly number[]) =>
    signed.map((row) => row.reduce((sum, value, j) => sum + value * d[j]!, 0));
  const inside = new Array<number>(p).fill(0);
  for (const edge of candidates(rows)) {
    if (!scores(edge).every((score) => score >= 0)) continue;
    edge.forEach((value, j) => {
      inside[j]! += value;
    });
  }
  const moves = scores(inside);
  const remaining = rows.filter((_, i) => moves[i] === 0);
  const rank = rankOf(remaining);
  const determined = inside.map((_, j) => {
    const unit = inside.map((_, k) => (k === j ? 1 : 0));
    return rankOf([...remaining, unit]) === rank;
  });
  const kind = moves.every((move) => move === 0) ? 'none' : remaining.length === 0 ? 'complete' : 'quasi';
  return { kind, determined };
}

/** Directions, in both senses, that are orthogonal to one row of two numbers, or to two rows of three numbers. */
function candidates(rows: readonly (readonly number[])[]): number[][] {
  const directions =
    rows[0]!.length === 2
      ? rows.map(([x, one]) => [one!, -x!])
      : rows.flatMap((a, i) => rows.slice(i + 1).map((b) => cross(a, b)));
  return directions
    .filter((d) => d.some((value) => value !== 0))
    .flatMap((d) => [d, d.map((value) => -value)]);
}

function cross(a: readonly number[], b: readonly number[]): number[] {
  const at = (i: number, j: number) => a[i]! * b[j]! - a[j]! * b[i]!;
  return [at(1, 2), at(2, 0), at(0, 1)];
}

/** Eliminates without division, so whole numbers stay whole. */
function rankOf(rows: readonly (readonly number[])[]): number {
  const left = rows.map((row) => row.map(BigInt));
  let rank = 0;
  for (let j = 0; j < (rows[0]?.length ?? 0); j++) {
    const at = left.findIndex((row, i) => i >= rank && row[j] !== 0n);
    if (at < 0) continue;
    const [pivot] = left.splice(at, 1);
    left.splice(rank, 0, pivot!);
    for (let i = rank + 1; i < left.length; i++) {
      const factor = left[i]![j]!;
      left[i] = left[i]!.map((value, k) => value * pivot![j]! - factor * pivot![k]!);
    }
    rank++;
  }
  return rank;
}
