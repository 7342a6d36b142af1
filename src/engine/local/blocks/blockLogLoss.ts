import { chunkLogLoss } from '../../../ml/solvers/lossSums.ts';
import { sumOfWeights } from '../../../ml/solvers/pointwiseLoss.ts';
import type { LossSums, Point, WeightedCodes } from '../../../ml/solvers/types.ts';
import { addUpSpans } from './addUpSpans.ts';
import { readChunks } from './chunks.ts';
import { type ColumnNote, type DesignNotes, writeNotes } from './notes.ts';
import type { RowSet } from './rowSet.ts';
import type { Scratch } from './scratch.ts';

/** Columns of a thread's scratch beside the decoded columns, as src/kernels/assembly/logLoss.ts needs them. */
const MORE_COLUMNS = 2;

/** Addresses of what a pass needs beside the table. */
interface Addresses {
  readonly codes: number;
  readonly weights: number;
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
    const at = {
      codes: scratch.take(rows.codes.length),
      weights: takeDoubles(scratch, rows.classWeights.length),
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

  lossGradients(points: readonly Point[]): number[] {
    const { workplace, spans } = this.#rowSet;
    const { scratch } = workplace;
    const nParameters = this.nFeatures + 1;
    const nSums = nParameters + 1;
    return scratch.scope(() => {
      const parameters = takeDoubles(scratch, points.length * nParameters);
      points.forEach(({ w }, k) => {
        scratch.doubles(parameters + k * w.byteLength, nParameters).set(w);
      });
      const length = 2 * spans.length * points.length * nSums;
      const sums = takeDoubles(scratch, length);
      this.#run(parameters, points.length, sums);
      const total = addUpSpans(scratch.doubles(sums, length), points.length * nSums);
      return points.map(({ gradient }, k) => {
        gradient.set(total.subarray(k * nSums, k * nSums + nParameters));
        return total[k * nSums + nParameters]!;
      });
    });
  }

  #run(parameters: number, nPoints: number, sums: number): void {
    const { address, length, chunkRows, stride } = this.#notes;
    const { codes, weights } = this.#at;
    const args = [address, length, chunkRows, stride, codes, weights, parameters, nPoints, sums];
    this.#rowSet.run('logLossOfBlock', args, length * nPoints, (length + MORE_COLUMNS) * stride);
  }

  hessian(w: Float64Array, hessian: Float64Array): number {
    return readChunks(this.#rowSet, this.#columns, (chunks) =>
      chunkLogLoss(chunks, this.#rows).hessian(w, hessian),
    );
  }
}

function takeDoubles(scratch: Scratch, count: number): number {
  return scratch.take(count * Float64Array.BYTES_PER_ELEMENT);
}
