import type { Table } from '../../../data/table.ts';
import { kernelsOf } from '../../../kernels/module.ts';
import type { BlockTaskName } from '../../../kernels/passes.ts';
import { type DesignNotes, plainNote, writeNotes } from './notes.ts';
import { PackedNumericColumn } from './numericColumn.ts';
import { RowSetSource } from './rowSetSource.ts';
import type { Scratch } from './scratch.ts';
import type { Team } from './team.ts';
import { PackedTextColumn } from './textColumn.ts';

/** Where a row set's rows stand in one block. */
export interface Span {
  readonly first: number;
  readonly rows: number;
  /** The row set's rows in the blocks before. */
  readonly before: number;
}

/** Of the rows of a row set that have a value. */
export interface NumberStatistics {
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly nMissing: number;
}

/** What a table's row sets work with. */
export interface Workplace {
  readonly table: Table;
  readonly team: Team;
  /** What lies behind the table in its memory. */
  readonly scratch: Scratch;
}

/** Three words and one that is left out, as src/kernels/assembly/span.ts has them. */
const SPAN_WORDS = 4;
const STATISTICS_DOUBLES = 4;

/** Some rows of a table: in each block those that stand together there, block after block. */
export class RowSet {
  readonly nSamples: number;
  readonly workplace: Workplace;
  readonly source: RowSetSource;
  readonly spans: readonly Span[];
  readonly #spansAddress: number;
  #statistics: ReadonlyMap<number, NumberStatistics> | undefined;

  /** @param spans one a block */
  constructor(workplace: Workplace, spans: readonly Span[]) {
    this.workplace = workplace;
    this.spans = spans;
    this.nSamples = spans.reduce((sum, { rows }) => sum + rows, 0);
    this.source = new RowSetSource(this);
    const words = spans.length * SPAN_WORDS;
    this.#spansAddress = workplace.scratch.take(words * Int32Array.BYTES_PER_ELEMENT);
    const memory = workplace.scratch.words(this.#spansAddress, words);
    spans.forEach(({ first, rows, before }, block) => {
      memory.set([first, rows, before, 0], block * SPAN_WORDS);
    });
  }

  /** A column of numbers by its place in the table. */
  numericColumn(index: number): PackedNumericColumn {
    return PackedNumericColumn.of(this, index);
  }

  /** A column of text by its place in the table. */
  textColumn(index: number): PackedTextColumn {
    return new PackedTextColumn(this, index);
  }

  /** Of a column of numbers, by its place in the table. All are counted at once, when the first one is asked for. */
  statistics(index: number): NumberStatistics {
    this.#statistics ??= this.#countNumbers();
    return this.#statistics.get(index)!;
  }

  /** Rows of each text of a column, by its code, and last those that are missing. */
  countTexts(index: number): Float64Array {
    const { scratch, table } = this.workplace;
    const column = table.columns[index]!;
    const length = (column.kind === 'text' ? column.texts.length : 0) + 1;
    const counts = new Float64Array(length);
    return scratch.scope(() => {
      const out = scratch.take(this.spans.length * length * Int32Array.BYTES_PER_ELEMENT);
      this.run('countTextsOfBlock', [index, length - 1, out], 1, 0);
      const ofBlocks = scratch.words(out, this.spans.length * length);
      for (let i = 0; i < ofBlocks.length; i++) counts[i % length]! += ofBlocks[i]!;
      return counts;
    });
  }

  /**
   * Runs a task on each block, or on those from one on.
   * @param args the task's arguments behind `spans`
   * @param nColumns columns that it reads
   * @param scratchBytes what one thread needs
   */
  run(
    kernel: BlockTaskName,
    args: readonly number[],
    nColumns: number,
    scratchBytes: number,
    nBlocks: number = this.spans.length,
  ): void {
    const { table, team, scratch } = this.workplace;
    const task = {
      kernel,
      args: [table.directoryAddress, table.columns.length, this.#spansAddress, ...args],
      nBlocks,
      scratchBytes,
      cells: this.nSamples * nColumns,
    };
    team.run(task, scratch);
  }

  /** Decodes rows of one block to doubles, one column of the notes after the other, `notes.stride` bytes apart. */
  decode(notes: DesignNotes, block: number, first: number, rows: number, to: number): void {
    const { table } = this.workplace;
    kernelsOf(table.memory).decodeRows(
      table.directoryAddress,
      table.columns.length,
      block,
      this.spans[block]!.first + first,
      rows,
      notes.address,
      notes.length,
      to,
      notes.stride,
    );
  }

  #countNumbers(): ReadonlyMap<number, NumberStatistics> {
    const { scratch, table } = this.workplace;
    const indices = [...table.columns.keys()].filter((index) => table.columns[index]!.kind === 'number');
    return scratch.scope(() => {
      const columns = indices.map((index) => {
        const { missing, others } = table.columns[index]!;
        return plainNote(index, missing + others > 0);
      });
      const notes = writeNotes(scratch, columns);
      const length = indices.length * STATISTICS_DOUBLES;
      const out = scratch.take(this.spans.length * length * Float64Array.BYTES_PER_ELEMENT);
      const args = [notes.address, notes.length, notes.chunkRows, out];
      this.run('statisticsOfBlock', args, indices.length, notes.stride);
      const ofBlocks = scratch.doubles(out, this.spans.length * length);
      return new Map(indices.map((index, j) => [index, sumUp(ofBlocks, j * STATISTICS_DOUBLES, length)]));
    });
  }
}

function sumUp(ofBlocks: Float64Array, at: number, length: number): NumberStatistics {
  let [min, max, sum, nMissing] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = at; i < ofBlocks.length; i += length) {
    min = Math.min(min, ofBlocks[i]!);
    max = Math.max(max, ofBlocks[i + 1]!);
    sum += ofBlocks[i + 2]!;
    nMissing += ofBlocks[i + 3]!;
  }
  return min > max ? { min: Number.NaN, max: Number.NaN, sum, nMissing } : { min, max, sum, nMissing };
}
