/** NumPy adds up so many values in eight interleaved sums, and halves what is longer. */
const LEAF_MAX = 128;
const LANES = 8;
/** Halves of halves: enough for 2^40 values. */
const DEPTH_MAX = 40;

/** How NumPy adds up a number of values: leaves of the tree, in order, and the sums that each leaf completes. */
export interface PairwisePlan {
  readonly lengths: Uint8Array;
  readonly completed: Uint8Array;
}

export function pairwisePlan(nValues: number): PairwisePlan {
  const lengths: number[] = [];
  const completed: number[] = [];
  const visit = (length: number): void => {
    if (length <= LEAF_MAX) {
      lengths.push(length);
      completed.push(0);
      return;
    }
    const half = Math.floor(length / 2);
    const left = half - (half % LANES);
    visit(left);
    visit(length - left);
    completed[completed.length - 1]!++;
  };
  visit(nValues);
  return { lengths: Uint8Array.from(lengths), completed: Uint8Array.from(completed) };
}

/**
 * The sum of values that come piece by piece, rounded as `numpy.sum` of all of them rounds.
 * Source: NumPy 2.4, `DOUBLE_pairwise_sum`.
 */
export class PairwiseSum {
  readonly #plan: PairwisePlan;
  readonly #lanes = new Float64Array(LANES);
  readonly #stack = new Float64Array(DEPTH_MAX);
  #depth = 0;
  #leaf = 0;
  /** Values of the leaf that have come. */
  #taken = 0;
  #sum = 0;

  constructor(plan: PairwisePlan) {
    this.#plan = plan;
  }

  /** The sum, once all values have come. */
  get value(): number {
    return this.#stack[0]!;
  }

  add(values: Float64Array, count: number): void {
    const { lengths } = this.#plan;
    for (let i = 0; i < count; ) {
      const length = lengths[this.#leaf]!;
      const end = Math.min(count, i + length - this.#taken);
      this.#addToLeaf(values, i, end, length < LANES ? 0 : length - (length % LANES));
      i = end;
      if (this.#taken === length) this.#endLeaf();
    }
  }

  /** @param inLanes values of the leaf that go to the lanes; the others are added one after the other */
  #addToLeaf(values: Float64Array, first: number, end: number, inLanes: number): void {
    const lanes = this.#lanes;
    for (let i = first; i < end; i++) {
      const place = this.#taken++;
      if (place >= inLanes) this.#sum += values[i]!;
      else if (place < LANES) lanes[place] = values[i]!;
      else lanes[place % LANES]! += values[i]!;
      if (place === inLanes - 1) {
        const [a, b, c, d, e, f, g, h] = lanes as unknown as [
          number,
          number,
          number,
          number,
          number,
          number,
          number,
          number,
        ];
        this.#sum = a + b + (c + d) + (e + f + (g + h));
      }
    }
  }

  #endLeaf(): void {
    this.#stack[this.#depth] = this.#sum;
    for (let k = this.#plan.completed[this.#leaf]!; k > 0; k--) {
      this.#depth--;
      this.#stack[this.#depth]! += this.#stack[this.#depth + 1]!;
    }
    this.#depth++;
    this.#leaf++;
    this.#taken = 0;
    this.#sum = 0;
  }
}
