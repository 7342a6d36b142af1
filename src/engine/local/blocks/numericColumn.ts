import { DenseNumericColumn } from '../../../ml/denseColumn.ts';
import type { NumericColumn } from '../../../ml/frame.ts';
import { readChunks } from './chunks.ts';
import { type ColumnNote, type NotedColumn, plainNote } from './notes.ts';
import type { RowSetSource } from './rowSetSource.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What is known about a column's values without reading them. */
interface Facts {
  readonly nMissing: number;
  range(): Range;
}

/**
 * A packed column of numbers: a note that says how its values are made from the table's. A step that a note cannot hold,
 * such as a second scaling or a median, works on a copy of the values.
 */
export class PackedNumericColumn implements NumericColumn, NotedColumn {
  readonly kind = 'numeric';
  readonly note: ColumnNote;
  readonly source: RowSetSource;
  readonly #facts: Facts;

  constructor(source: RowSetSource, note: ColumnNote, facts: Facts) {
    this.note = note;
    this.source = source;
    this.#facts = facts;
  }

  get name(): string {
    return this.source.rowSet.workplace.table.columns[this.note.column]!.name;
  }

  get nSamples(): number {
    return this.source.rowSet.nSamples;
  }

  get nMissing(): number {
    return this.#facts.nMissing;
  }

  range(): Range {
    const { min, max } = this.#facts.range();
    return { min, max };
  }

  mean(): number {
    if (!this.#isPlain) return this.#dense().mean();
    return this.source.rowSet.statistics(this.note.column).mean;
  }

  median(): number {
    return this.#dense().median();
  }

  mostFrequent(): number {
    return this.#dense().mostFrequent();
  }

  fill(value: number): NumericColumn {
    if (this.nMissing === 0) return this;
    if (!this.#isPlain) return this.#dense().fill(value);
    return this.#with(
      { fill: value },
      {
        nMissing: Number.isNaN(value) ? this.nMissing : 0,
        range: () => widened(this.range(), value),
      },
    );
  }

  affine(scale: number, offset: number): NumericColumn {
    if (this.note.affine !== undefined || this.note.clip !== undefined) {
      return this.#dense().affine(scale, offset);
    }
    return this.#with(
      { affine: { scale, offset } },
      // Rounding keeps the order of numbers, so the least and the largest value stay at the ends.
      {
        nMissing: this.nMissing,
        range: () => ordered(this.range(), (x) => x * scale + offset),
      },
    );
  }

  clip(low: number, high: number): NumericColumn {
    if (this.note.clip !== undefined) return this.#dense().clip(low, high);
    return this.#with(
      { clip: { low, high } },
      {
        nMissing: this.nMissing,
        range: () => ordered(this.range(), (x) => Math.min(Math.max(x, low), high)),
      },
    );
  }

  toArray(): Float64Array {
    const values = new Float64Array(this.nSamples);
    readChunks(this.source.rowSet, [this.note], (chunks) => {
      for (let start = 0; start < values.length; ) {
        const { columns, rows } = chunks.read(start);
        values.set(columns[0]!.subarray(0, rows), start);
        start += rows;
      }
    });
    return values;
  }

  /** Whether the values are the table's own, missing ones included. */
  get #isPlain(): boolean {
    const { affine, clip, indicator, fill } = this.note;
    return affine === undefined && clip === undefined && indicator === undefined && Number.isNaN(fill);
  }

  #with(change: Partial<ColumnNote>, facts: Facts): PackedNumericColumn {
    return new PackedNumericColumn(this.source, { ...this.note, ...change }, facts);
  }

  #dense(): DenseNumericColumn {
    return new DenseNumericColumn(this.toArray(), this.name);
  }
}

/** A column of numbers as the table has it, by its place there. */
export function numericColumn(source: RowSetSource, index: number): PackedNumericColumn {
  const { rowSet } = source;
  const { missing, others } = rowSet.workplace.table.columns[index]!;
  // Counting is needed only if the table has a missing cell: some of these rows may have none.
  const nMissing = missing + others === 0 ? 0 : rowSet.statistics(index).nMissing;
  return new PackedNumericColumn(source, plainNote(index, nMissing > 0), {
    nMissing,
    range: () => rowSet.statistics(index),
  });
}

function widened({ min, max }: Range, value: number): Range {
  if (Number.isNaN(value)) return { min, max };
  return Number.isNaN(min)
    ? { min: value, max: value }
    : { min: Math.min(min, value), max: Math.max(max, value) };
}

function ordered({ min, max }: Range, map: (x: number) => number): Range {
  const [a, b] = [map(min), map(max)];
  return a > b ? { min: b, max: a } : { min: a, max: b };
}
