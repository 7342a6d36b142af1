import type { BlockTaskName } from '../../../kernels/passes.ts';
import type { BinaryPrediction, ColumnSource, NumericColumn } from '../../../ml/frame.ts';
import { chunkLogLoss } from '../../../ml/solvers/lossSums.ts';
import type { LossSums, WeightedCodes } from '../../../ml/solvers/types.ts';
import { withBlockLogLoss } from './blockLogLoss.ts';
import { readChunks } from './chunks.ts';
import { type ColumnNote, writeNotes } from './notes.ts';
import type { PackedNumericColumn } from './numericColumn.ts';
import type { RowSet } from './rowSet.ts';

/** Predictions that stand in the memory at a time, before they are copied: 8 MB. */
const PREDICTIONS_MAX = 1_048_576;

/** Blocks whose predictions are made at a time. */
interface Round {
  readonly firstBlock: number;
  readonly nBlocks: number;
  /** Rows of the row set before them, and in them. */
  readonly before: number;
  readonly rows: number;
}

/** Computes with the columns of a row set where they lie, on the threads of its team. */
export class RowSetSource implements ColumnSource {
  readonly #rowSet: RowSet;
  /** Where `classify` puts its answer. */
  #answer: { readonly codes: number; readonly proba: number } | undefined;

  constructor(rowSet: RowSet) {
    this.#rowSet = rowSet;
  }

  withLogLoss<T>(columns: readonly NumericColumn[], rows: WeightedCodes, use: (sums: LossSums) => T): T {
    const notes = columns.map(noteOf);
    if (rows.classWeights.length === 2) return withBlockLogLoss(this.#rowSet, notes, rows, use);
    return readChunks(this.#rowSet, notes, (chunks) => use(chunkLogLoss(chunks, rows)));
  }

  linearPredictor(columns: readonly NumericColumn[], w: Float64Array): Float64Array[] {
    const { scratch } = this.#rowSet.workplace;
    const nOutputs = w.length / (columns.length + 1);
    const predictions = Array.from({ length: nOutputs }, () => new Float64Array(this.#rowSet.nSamples));
    this.#predict(columns, w, PREDICTIONS_MAX / nOutputs, (round, args) => {
      const bytes = round.rows * Float64Array.BYTES_PER_ELEMENT;
      const out = scratch.take(nOutputs * bytes);
      this.#run(round, 'predictBlock', [...args, nOutputs, round.firstBlock, out, bytes], columns.length);
      predictions.forEach((prediction, k) => {
        prediction.set(scratch.doubles(out + k * bytes, round.rows), round.before);
      });
    });
    return predictions;
  }

  /** The answer lies in the table's memory, and is good until the next one. */
  classify(columns: readonly NumericColumn[], w: Float64Array): BinaryPrediction {
    const { scratch } = this.#rowSet.workplace;
    const { nSamples } = this.#rowSet;
    this.#answer ??= {
      codes: scratch.take(nSamples),
      proba: scratch.take(nSamples * Float64Array.BYTES_PER_ELEMENT),
    };
    const { codes, proba } = this.#answer;
    this.#predict(columns, w, nSamples, (round, args) => {
      this.#run(round, 'classifyBlock', [...args, round.firstBlock, codes, proba], columns.length);
    });
    return { codes: scratch.bytes(codes, nSamples), proba: scratch.doubles(proba, nSamples) };
  }

  /** Writes what a prediction needs, and calls `predict` for some blocks after the other with a task's first arguments. */
  #predict(
    columns: readonly NumericColumn[],
    w: Float64Array,
    rowsMax: number,
    predict: (round: Round, args: readonly number[]) => void,
  ): void {
    const { scratch } = this.#rowSet.workplace;
    scratch.scope(() => {
      const { address, length, chunkRows, stride } = writeNotes(scratch, columns.map(noteOf));
      const parameters = scratch.take(w.byteLength);
      scratch.doubles(parameters, w.length).set(w);
      for (const round of this.#rounds(rowsMax)) {
        scratch.scope(() => predict(round, [address, length, chunkRows, stride, parameters]));
      }
    });
  }

  #run({ nBlocks }: Round, task: BlockTaskName, args: readonly number[], nColumns: number): void {
    const [, length, , stride] = args;
    this.#rowSet.run(task, args, nColumns, (length! + 1) * stride!, nBlocks);
  }

  /** Blocks that stand together, as many as have so many rows, and at least one. */
  *#rounds(rowsMax: number): Generator<Round> {
    const { spans } = this.#rowSet;
    for (let firstBlock = 0; firstBlock < spans.length; ) {
      let end = firstBlock;
      let rows = 0;
      do rows += spans[end++]!.rows;
      while (end < spans.length && rows + spans[end]!.rows <= rowsMax);
      yield { firstBlock, nBlocks: end - firstBlock, before: spans[firstBlock]!.before, rows };
      firstBlock = end;
    }
  }
}

function noteOf(column: NumericColumn): ColumnNote {
  return (column as PackedNumericColumn).note;
}
