import type { BlockTaskName } from '../../../kernels/passes.ts';
import type { BinaryPrediction, ColumnSource, NumericColumn } from '../../../ml/frame.ts';
import type { ClassCodes } from '../../../ml/labels.ts';
import { chunkLogLoss } from '../../../ml/solvers/lossSums.ts';
import type { NewtonSums } from '../../../ml/solvers/newtonSums.ts';
import type { LossSums, WeightedCodes } from '../../../ml/solvers/types.ts';
import { AnswerRoom } from './answerRoom.ts';
import { withBlockLogLoss } from './blockLogLoss.ts';
import { withBlockNewtonSums } from './blockNewtonSums.ts';
import { readChunks } from './chunks.ts';
import { type NotedColumn, writeNotes } from './notes.ts';
import type { RowSet } from './rowSet.ts';

/** Predictions that stand in the memory at a time, before they are copied: 8 MB. */
const PREDICTIONS_MAX = 1_048_576;

/** Spans whose predictions are made at a time. */
interface Round {
  readonly firstSpan: number;
  readonly nSpans: number;
  /** Rows of the set before these spans, and in them. */
  readonly before: number;
  readonly rows: number;
}

/** Computes with the columns of a row set where they lie, on the threads of its team. */
export class RowSetSource implements ColumnSource {
  readonly rowSet: RowSet;
  readonly #rooms: [AnswerRoom?, AnswerRoom?] = [];
  #turn: 0 | 1 = 0;

  constructor(rowSet: RowSet) {
    this.rowSet = rowSet;
  }

  /** Memory with the last model's predictions, and for their measures. */
  get room(): AnswerRoom {
    const { workplace, nSamples } = this.rowSet;
    this.#rooms[this.#turn] ??= new AnswerRoom(workplace.scratch, nSamples);
    return this.#rooms[this.#turn]!;
  }

  withLogLoss<T>(columns: readonly NumericColumn[], rows: WeightedCodes, use: (sums: LossSums) => T): T {
    const notes = columns.map(noteOf);
    if (rows.classWeights.length === 2) return withBlockLogLoss(this.rowSet, notes, rows, use);
    return readChunks(this.rowSet, notes, (chunks) => use(chunkLogLoss(chunks, rows)));
  }

  withNewtonSums<T>(columns: readonly NumericColumn[], codes: ClassCodes, use: (sums: NewtonSums) => T): T {
    return withBlockNewtonSums(this.rowSet, columns.map(noteOf), codes, use);
  }

  iterated(): void {
    this.rowSet.workplace.watch.iterated();
  }

  linearPredictor(columns: readonly NumericColumn[], w: Float64Array): Float64Array[] {
    const { scratch } = this.rowSet.workplace;
    const nOutputs = w.length / (columns.length + 1);
    const predictions = Array.from({ length: nOutputs }, () => new Float64Array(this.rowSet.nSamples));
    this.#predict(columns, w, PREDICTIONS_MAX / nOutputs, (round, args) => {
      const bytes = round.rows * Float64Array.BYTES_PER_ELEMENT;
      const out = scratch.take(nOutputs * bytes);
      this.#run(round, 'predictBlock', [...args, nOutputs, round.firstSpan, out, bytes], columns.length);
      predictions.forEach((prediction, k) => {
        prediction.set(scratch.doubles(out + k * bytes, round.rows), round.before);
      });
    });
    return predictions;
  }

  /**
   * Gives the next model's predictions other memory, so that the last model's can still be measured. The memory of the model
   * before that one is used again.
   */
  changeRoom(): void {
    this.#turn = this.#turn === 0 ? 1 : 0;
  }

  /** The answer lies in the table's memory. The next call overwrites it, unless `changeRoom` is called before. */
  classify(columns: readonly NumericColumn[], w: Float64Array): BinaryPrediction {
    const { room } = this;
    this.#predict(columns, w, this.rowSet.nSamples, (round, args) => {
      const out = [room.predictedAddress, room.probaAddress];
      this.#run(round, 'classifyBlock', [...args, round.firstSpan, ...out], columns.length);
    });
    return { codes: room.predicted, proba: room.proba };
  }

  /** Writes what a prediction needs, and calls `predict` with a kernel's first arguments, some spans at a time. */
  #predict(
    columns: readonly NumericColumn[],
    w: Float64Array,
    rowsMax: number,
    predict: (round: Round, args: readonly number[]) => void,
  ): void {
    const { scratch } = this.rowSet.workplace;
    scratch.scope(() => {
      const { address, length, chunkRows, stride } = writeNotes(scratch, columns.map(noteOf));
      const parameters = scratch.take(w.byteLength);
      scratch.doubles(parameters, w.length).set(w);
      for (const round of this.#rounds(rowsMax)) {
        scratch.scope(() => predict(round, [address, length, chunkRows, stride, parameters]));
      }
    });
  }

  #run({ nSpans }: Round, kernel: BlockTaskName, args: readonly number[], nColumns: number): void {
    const [, length, , stride] = args;
    this.rowSet.run(kernel, args, nColumns, (length! + 1) * stride!, nSpans);
  }

  /** Spans that follow each other, as many as have so many rows, and at least one. */
  *#rounds(rowsMax: number): Generator<Round> {
    const { spans } = this.rowSet;
    for (let firstSpan = 0; firstSpan < spans.length; ) {
      let end = firstSpan;
      let rows = 0;
      do rows += spans[end++]!.rows;
      while (end < spans.length && rows + spans[end]!.rows <= rowsMax);
      yield { firstSpan, nSpans: end - firstSpan, before: spans[firstSpan]!.before, rows };
      firstSpan = end;
    }
  }
}

function noteOf(column: NumericColumn): NotedColumn['note'] {
  return (column as NumericColumn & NotedColumn).note;
}
