import type { ClassCodes } from '../../../ml/labels.ts';
import type { NewtonSums } from '../../../ml/solvers/newtonSums.ts';
import { addUpSpans } from './addUpSpans.ts';
import { type ColumnNote, type DesignNotes, writeNotes } from './notes.ts';
import type { RowSet } from './rowSet.ts';

/** Columns of a thread's scratch beside the decoded columns, as src/kernels/assembly/hessian.ts needs them. */
const MORE_COLUMNS = 4;

/** Gives `use` the log loss of a row set's two classes and its derivatives, summed span by span on the team's threads. */
export function withBlockNewtonSums<T>(
  rowSet: RowSet,
  columns: readonly ColumnNote[],
  codes: ClassCodes,
  use: (sums: NewtonSums) => T,
): T {
  const { scratch } = rowSet.workplace;
  return scratch.scope(() => {
    const notes = writeNotes(scratch, columns);
    const doubles = (count: number) => scratch.take(count * Float64Array.BYTES_PER_ELEMENT);
    const at = {
      codes: scratch.take(codes.length),
      weights: doubles(2),
      parameters: doubles(columns.length + 1),
      sums: doubles(2 * rowSet.spans.length * lengthOf(columns.length + 1)),
    };
    scratch.bytes(at.codes, codes.length).set(codes);
    scratch.doubles(at.weights, 2).fill(1);
    return use(new BlockNewtonSums(rowSet, notes, at));
  });
}

/** Number of sums for so many parameters: the gradient, the loss, and the Hessian's upper triangle. */
function lengthOf(nParameters: number): number {
  return nParameters + 1 + (nParameters * (nParameters + 1)) / 2;
}

class BlockNewtonSums implements NewtonSums {
  readonly nFeatures: number;
  readonly #rowSet: RowSet;
  readonly #notes: DesignNotes;
  readonly #at: Readonly<Record<'codes' | 'weights' | 'parameters' | 'sums', number>>;

  constructor(
    rowSet: RowSet,
    notes: DesignNotes,
    at: Readonly<Record<'codes' | 'weights' | 'parameters' | 'sums', number>>,
  ) {
    this.nFeatures = notes.length;
    this.#rowSet = rowSet;
    this.#notes = notes;
    this.#at = at;
  }

  evaluate(w: Float64Array, gradient: Float64Array, hessian: Float64Array): number {
    const rowSet = this.#rowSet;
    const { scratch } = rowSet.workplace;
    const { address, length, chunkRows, stride } = this.#notes;
    const { codes, weights, parameters, sums } = this.#at;
    scratch.doubles(parameters, w.length).set(w);
    const args = [address, length, chunkRows, stride, codes, weights, parameters, sums];
    rowSet.run('hessianOfBlock', args, length, (length + MORE_COLUMNS) * stride);

    const p = length + 1;
    const nSums = lengthOf(p);
    const total = addUpSpans(scratch.doubles(sums, 2 * rowSet.spans.length * nSums), nSums);
    gradient.set(total.subarray(0, p));
    let at = p + 1;
    for (let i = 0; i < p; i++) {
      hessian.set(total.subarray(at, at + p - i), i * p + i);
      at += p - i;
    }
    return total[p]!;
  }
}
