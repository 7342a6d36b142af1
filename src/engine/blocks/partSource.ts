import type { ColumnSource, NumericColumn } from '../../ml/frame.ts';
import { chunkLogLoss, type LossSums } from '../../ml/solvers/lossSums.ts';
import type { WeightedCodes } from '../../ml/solvers/pointwiseLoss.ts';
import { withBlockLogLoss } from './blockLogLoss.ts';
import { readChunks } from './chunks.ts';
import { type ColumnNote, writeNotes } from './notes.ts';
import type { PackedNumericColumn } from './numericColumn.ts';
import type { Part } from './part.ts';

/** Predictions that stand in the memory at a time, before they are copied: 8 MB. */
const PREDICTIONS_MAX = 1_048_576;

/** Computes with the columns of a part where they lie, on the threads of its team. */
export class PartSource implements ColumnSource {
  readonly #part: Part;

  constructor(part: Part) {
    this.#part = part;
  }

  withLogLoss<T>(columns: readonly NumericColumn[], rows: WeightedCodes, use: (sums: LossSums) => T): T {
    const notes = columns.map(noteOf);
    if (rows.classWeights.length === 2) return withBlockLogLoss(this.#part, notes, rows, use);
    return readChunks(this.#part, notes, (chunks) => use(chunkLogLoss(chunks, rows)));
  }

  linearPredictor(columns: readonly NumericColumn[], w: Float64Array): Float64Array[] {
    const { region } = this.#part.workplace;
    const nOutputs = w.length / (columns.length + 1);
    const predictions = Array.from({ length: nOutputs }, () => new Float64Array(this.#part.nSamples));
    region.scope(() => {
      const notes = writeNotes(region, columns.map(noteOf));
      const parameters = region.take(w.byteLength);
      region.doubles(parameters, w.length).set(w);
      for (const { firstBlock, nBlocks, before, rows } of this.#rounds(PREDICTIONS_MAX / nOutputs)) {
        region.scope(() => {
          const bytes = rows * Float64Array.BYTES_PER_ELEMENT;
          const out = region.take(nOutputs * bytes);
          const args = [
            notes.address,
            notes.length,
            notes.chunkRows,
            notes.stride,
            parameters,
            nOutputs,
            firstBlock,
            out,
            bytes,
          ];
          this.#part.run('predictBlock', args, columns.length, (notes.length + 1) * notes.stride, nBlocks);
          predictions.forEach((prediction, k) => {
            prediction.set(region.doubles(out + k * bytes, rows), before);
          });
        });
      }
    });
    return predictions;
  }

  /** Blocks that stand together, as many as have so many rows, and at least one. */
  *#rounds(rowsMax: number) {
    const { spans } = this.#part;
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
