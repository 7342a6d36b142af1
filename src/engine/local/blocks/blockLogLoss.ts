import { chunkLogLoss, type LossSums } from '../../../ml/solvers/lossSums.ts';
import { sumOfWeights, type WeightedCodes } from '../../../ml/solvers/pointwiseLoss.ts';
import { readChunks } from './chunks.ts';
import { type ColumnNote, type DesignNotes, writeNotes } from './notes.ts';
import type { Part } from './rowSet.ts';

/** Where a pass finds what it needs, beside the table. */
interface Addresses {
  readonly codes: number;
  readonly weights: number;
  readonly parameters: number;
  /** The sums of each block. */
  readonly sums: number;
}

/** Hands `use` the binomial log loss of a part, summed block by block on the threads of its team. */
export function withBlockLogLoss<T>(
  part: Part,
  columns: readonly ColumnNote[],
  rows: WeightedCodes,
  use: (sums: LossSums) => T,
): T {
  const { region } = part.workplace;
  return region.scope(() => {
    const notes = writeNotes(region, columns);
    const doubles = (count: number) => region.take(count * Float64Array.BYTES_PER_ELEMENT);
    const at = {
      codes: region.take(rows.codes.length),
      weights: doubles(rows.classWeights.length),
      parameters: doubles(columns.length + 1),
      sums: doubles(2 * part.spans.length * (columns.length + 2)),
    };
    region.bytes(at.codes, rows.codes.length).set(rows.codes);
    region.doubles(at.weights, rows.classWeights.length).set(rows.classWeights);
    return use(new BlockLogLoss(part, columns, rows, notes, at));
  });
}

class BlockLogLoss implements LossSums {
  readonly nOutputs = 1;
  readonly nFeatures: number;
  readonly weightSum: number;
  readonly #part: Part;
  readonly #columns: readonly ColumnNote[];
  readonly #rows: WeightedCodes;
  readonly #notes: DesignNotes;
  readonly #at: Addresses;

  constructor(
    part: Part,
    columns: readonly ColumnNote[],
    rows: WeightedCodes,
    notes: DesignNotes,
    at: Addresses,
  ) {
    this.nFeatures = columns.length;
    this.weightSum = sumOfWeights(rows);
    this.#part = part;
    this.#columns = columns;
    this.#rows = rows;
    this.#notes = notes;
    this.#at = at;
  }

  lossGradient(w: Float64Array, gradient: Float64Array): number {
    const part = this.#part;
    const { region } = part.workplace;
    const { address, length, chunkRows, stride } = this.#notes;
    const { codes, weights, parameters, sums } = this.#at;
    region.doubles(parameters, w.length).set(w);
    const args = [address, length, chunkRows, stride, codes, weights, parameters, sums];
    part.run('logLossOfBlock', args, length, (length + 1) * stride);

    const nSums = length + 2;
    const ofBlocks = region.doubles(sums, 2 * part.spans.length * nSums);
    const total = addUp(ofBlocks, nSums);
    gradient.set(total.subarray(0, length + 1));
    return total[length + 1]!;
  }

  hessian(w: Float64Array, hessian: Float64Array): number {
    return readChunks(this.#part, this.#columns, (chunks) =>
      chunkLogLoss(chunks, this.#rows).hessian(w, hessian),
    );
  }
}

/**
 * Adds up what the blocks have, their sums and what those lack, keeping what rounding takes away. They are taken block
 * after block, whichever thread has summed one up: so the result is the same to the last bit with any number of threads.
 */
function addUp(ofBlocks: Float64Array, nSums: number): Float64Array {
  const sums = new Float64Array(nSums);
  const errors = new Float64Array(nSums);
  for (let at = 0; at < ofBlocks.length; at += 2 * nSums) {
    for (let j = 0; j < nSums; j++) {
      const before = sums[j]!;
      const value = ofBlocks[at + j]!;
      const after = before + value;
      const added = after - before;
      sums[j] = after;
      errors[j]! += ofBlocks[at + nSums + j]! + (before - (after - added) + (value - added));
    }
  }
  return sums.map((sum, j) => sum + errors[j]!);
}
