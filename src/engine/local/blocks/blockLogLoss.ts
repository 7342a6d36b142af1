import { chunkLogLoss } from '../../../ml/solvers/lossSums.ts';
import { sumOfWeights } from '../../../ml/solvers/pointwiseLoss.ts';
import type { LossSums, WeightedCodes } from '../../../ml/solvers/types.ts';
import { addUpSpans } from './addUpSpans.ts';
import { readChunks } from './chunks.ts';
import { type ColumnNote, type DesignNotes, writeNotes } from './notes.ts';
import type { RowSet } from './rowSet.ts';

/** Addresses of what a pass needs beside the table. */
interface Addresses {
  readonly codes: number;
  readonly weights: number;
  readonly parameters: number;
  /** The sums of each span. */
  readonly sums: number;
}

/** Gives `use` the binomial log loss of a row set, summed span by span on the threads of its team. */
export function withBlockLogLoss<T>(
  rowSet: RowSet,
  columns: readonly ColumnNote[],
  rows: WeightedCodes,
  use: (sums: LossSums) => T,
): T {
  const { scratch } = rowSet.workplace;
  return scratch.scope(() => {
    const notes = writeNotes(scratch, columns);
    const doubles = (count: number) => scratch.take(count * Float64Array.BYTES_PER_ELEMENT);
    const at = {
      codes: scratch.take(rows.codes.length),
      weights: doubles(rows.classWeights.length),
      parameters: doubles(columns.length + 1),
      sums: doubles(2 * rowSet.spans.length * (columns.length + 2)),
    };
    scratch.bytes(at.codes, rows.codes.length).set(rows.codes);
    scratch.doubles(at.weights, rows.classWeights.length).set(rows.classWeights);
    return use(new BlockLogLoss(rowSet, columns, rows, notes, at));
  });
}

class BlockLogLoss implements LossSums {
  readonly nOutputs = 1;
  readonly nFeatures: number;
  readonly weightSum: number;
  readonly #rowSet: RowSet;
  readonly #columns: readonly ColumnNote[];
  readonly #rows: WeightedCodes;
  readonly #notes: DesignNotes;
  readonly #at: Addresses;

  constructor(
    rowSet: RowSet,
    columns: readonly ColumnNote[],
    rows: WeightedCodes,
    notes: DesignNotes,
    at: Addresses,
  ) {
    this.nFeatures = columns.length;
    this.weightSum = sumOfWeights(rows);
    this.#rowSet = rowSet;
    this.#columns = columns;
    this.#rows = rows;
    this.#notes = notes;
    this.#at = at;
  }

  lossGradient(w: Float64Array, gradient: Float64Array): number {
    const rowSet = this.#rowSet;
    const { scratch } = rowSet.workplace;
    const { address, length, chunkRows, stride } = this.#notes;
    const { codes, weights, parameters, sums } = this.#at;
    scratch.doubles(parameters, w.length).set(w);
    const args = [address, length, chunkRows, stride, codes, weights, parameters, sums];
    rowSet.run('logLossOfBlock', args, length, (length + 1) * stride);

    const nSums = length + 2;
    const ofBlocks = scratch.doubles(sums, 2 * rowSet.spans.length * nSums);
    const total = addUpSpans(ofBlocks, nSums);
    gradient.set(total.subarray(0, length + 1));
    return total[length + 1]!;
  }

  hessian(w: Float64Array, hessian: Float64Array): number {
    return readChunks(this.#rowSet, this.#columns, (chunks) =>
      chunkLogLoss(chunks, this.#rows).hessian(w, hessian),
    );
  }
}
