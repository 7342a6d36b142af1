import type { Table } from '../../../data/table.ts';
import { kernelsOf } from '../../../kernels/module.ts';
import type { BlockTaskName } from '../../../kernels/passes.ts';
import { CompensatedSum } from '../../../ml/compensatedSum.ts';
import type { Watch } from '../../watch.ts';
import { type DesignNotes, plainNote, writeNotes } from './notes.ts';
import type { Scratch } from './scratch.ts';
import type { Team } from './team.ts';

/** Rows of a set that stand together in one block. A block may hold several spans of a set. */
export interface Span {
  readonly block: number;
  /** The span's first row in the block. */
  readonly first: number;
  readonly rows: number;
  /** Rows of the set in the spans before. */
  readonly before: number;
}

/** Statistics of a column over the rows of a set that have a value. */
export interface NumberStatistics {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly nMissing: number;
}

/** What the row sets of a table share. */
export interface Workplace {
  readonly table: Table;
  readonly team: Team;
  /** Memory behind the table. */
  readonly scratch: Scratch;
  /** Each pass over the rows looks at it first, and so does each chunk that the leader reads by itself. */
  readonly watch: Watch;
}

/** Words of a span in memory, as src/kernels/assembly/span.ts reads them. */
const SPAN_WORDS = 4;
const STATISTICS_DOUBLES = 5;

/** Some rows of a table, span after span. Passes over them run on the table's team. */
export class RowSet {
  readonly nSamples: number;
  readonly workplace: Workplace;
  readonly spans: readonly Span[];
  readonly #spansAddress: number;
  readonly #rowAt: (block: number, place: number) => number;
  #statistics: ReadonlyMap<number, NumberStatistics> | undefined;

  /**
   * @param spans without rows of their own are allowed, and cost a task each
   * @param rowAt which row of the table stood, before the rows were sorted, where now a place of a block is
   */
  constructor(workplace: Workplace, spans: readonly Span[], rowAt: (block: number, place: number) => number) {
    this.#rowAt = rowAt;
    this.workplace = workplace;
    this.spans = spans;
    this.nSamples = spans.reduce((sum, { rows }) => sum + rows, 0);
    const words = spans.length * SPAN_WORDS;
    this.#spansAddress = workplace.scratch.take(words * Int32Array.BYTES_PER_ELEMENT);
    const memory = workplace.scratch.words(this.#spansAddress, words);
    spans.forEach(({ block, first, rows, before }, index) => {
      memory.set([first, rows, before, block], index * SPAN_WORDS);
    });
  }

  /** The row of the table, before its rows were sorted, that is row `index` of this set. Slow: meant for errors. */
  tableRow(index: number): number {
    const span = this.spans.findLast(({ before, rows }) => before <= index && rows > 0)!;
    return this.#rowAt(span.block, span.first + index - span.before);
  }

  /** Statistics of a column of numbers, by its place in the table. The first call counts all columns at once. */
  statistics(index: number): NumberStatistics {
    this.#statistics ??= this.#countNumbers();
    return this.#statistics.get(index)!;
  }

  /** Rows of each text of a column, by the text's code; the last number counts the missing cells. */
  countTexts(index: number): Float64Array {
    const { scratch, table } = this.workplace;
    const column = table.columns[index]!;
    const length = (column.kind === 'text' ? column.texts.length : 0) + 1;
    const counts = new Float64Array(length);
    return scratch.scope(() => {
      const out = scratch.take(this.spans.length * length * Int32Array.BYTES_PER_ELEMENT);
      this.run('countTextsOfBlock', [index, length - 1, out], 1, 0);
      const ofSpans = scratch.words(out, this.spans.length * length);
      for (let i = 0; i < ofSpans.length; i++) counts[i % length]! += ofSpans[i]!;
      return counts;
    });
  }

  /**
   * Runs a kernel on each span, or on the first `nSpans` from the one that `args` name.
   * @param args the kernel's arguments behind `spans`
   * @param nColumns columns that the kernel reads
   * @param scratchBytes memory that one thread needs
   * @throws CancelledError if the work was cancelled before this pass
   */
  run(
    kernel: BlockTaskName,
    args: readonly number[],
    nColumns: number,
    scratchBytes: number,
    nSpans: number = this.spans.length,
  ): void {
    const { table, team, scratch, watch } = this.workplace;
    watch.throwIfCancelled();
    const task = {
      kernel,
      args: [table.directoryAddress, table.columns.length, this.#spansAddress, ...args],
      nBlocks: nSpans,
      scratchBytes,
      cells: this.nSamples * nColumns,
    };
    team.run(task, scratch);
  }

  /** Decodes rows of one span to doubles, one column of the notes after the other, `notes.stride` bytes apart. */
  decode(notes: DesignNotes, span: Span, first: number, rows: number, to: number): void {
    const { table, watch } = this.workplace;
    watch.throwIfCancelled();
    kernelsOf(table.memory).decodeRows(
      table.directoryAddress,
      table.columns.length,
      span.block,
      span.first + first,
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
      const ofSpans = scratch.doubles(out, this.spans.length * length);
      return new Map(
        indices.map((index, j) => [index, sumUp(ofSpans, j * STATISTICS_DOUBLES, length, this.nSamples)]),
      );
    });
  }
}

function sumUp(ofSpans: Float64Array, at: number, length: number, nRows: number): NumberStatistics {
  let [min, max, nMissing] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  const total = new CompensatedSum();
  for (let i = at; i < ofSpans.length; i += length) {
    min = Math.min(min, ofSpans[i]!);
    max = Math.max(max, ofSpans[i + 1]!);
    total.add(ofSpans[i + 2]!, ofSpans[i + 3]!);
    nMissing += ofSpans[i + 4]!;
  }
  if (min > max) return { min: Number.NaN, max: Number.NaN, mean: Number.NaN, nMissing };
  return { min, max, mean: total.over(nRows - nMissing), nMissing };
}
