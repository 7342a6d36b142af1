import type { Feature } from '../../../data/dataset.ts';
import { POWERS_OF_TEN, type Segment, segmentOf } from '../../../data/segments.ts';
import type { TextColumn } from '../../../ml/frame.ts';
import type { ColumnBins } from '../../../values/loadedModel.ts';
import type { RowSet } from '../blocks/rowSet.ts';
import type { Prepared } from './prepare.ts';

/** Deciles: drift measures usually compare ten bins. */
const BINS = 10;
/** Rows whose values give the edges. A decile of so many rows is about half a percent of the rows off. */
const SAMPLE_ROWS_MAX = 8_192;
/** The most frequent texts, which the profile lists. */
const CATEGORIES_MAX = 50;
/** Whole numbers of 16 bits. */
const SHORTS = 2 ** 16;
/** Buckets of equal width in which a value is looked up, so that most values are compared with no edge. */
const BUCKETS = 1_024;

/**
 * Counts the training rows by bins of each feature. Call it before the rows are sorted into folds.
 * The edges of a number's bins are deciles: exact if the table keeps the column in 16 bits, else those of at most 8,192 rows
 * that stand at equal distances. The counts are always those of all training rows.
 */
export function trainingProfile({ dataset, train }: Pick<Prepared, 'dataset' | 'train'>): ColumnBins[] {
  return dataset.features.map((feature, place) => {
    const column = train.frame.columns[place]!;
    return column.kind === 'text'
      ? textBins(feature.name, column)
      : numberBins(feature, train.source.rowSet, column.nMissing);
  });
}

function textBins(name: string, column: TextColumn): ColumnBins {
  // The sort keeps equally frequent texts in their order, which is by code point.
  const listed = [...column.counts()].sort(([, a], [, b]) => b - a).slice(0, CATEGORIES_MAX);
  const counts = listed.map(([, rows]) => rows);
  const missing = column.nMissing;
  const others = column.nSamples - missing - counts.reduce((sum, rows) => sum + rows, 0);
  return { name, kind: 'text', categories: listed.map(([text]) => text), counts, others, missing };
}

function numberBins({ name, index }: Feature, rowSet: RowSet, missing: number): ColumnBins {
  const byValue = countByValue(rowSet, index);
  if (byValue !== undefined) return { name, kind: 'number', ...binsOf(byValue), missing };
  const edges = edgesOf(rowSet, index);
  return { name, kind: 'number', edges, counts: countByEdges(rowSet, index, edges), missing };
}

/** Counts the rows of a column of numbers by bins. The rows without a value are in no bin. */
export function countByEdges(rowSet: RowSet, index: number, edges: readonly number[]): number[] {
  const counts = new Uint32Array(edges.length + 1);
  const cuts = new Map<number, Cut>();
  for (const { block, first, rows } of rowSet.spans) {
    const segment = segmentOf(rowSet.workplace.table, block, index);
    const { decimals, cells } = segment;
    const key = cells instanceof Float64Array ? -1 : decimals;
    const cut = cuts.get(key) ?? cutOf(edges, segment);
    cuts.set(key, cut);
    countCells(segment, first, first + rows, cut, counts);
  }
  return [...counts];
}

/**
 * Counts the rows of each value, if all cells are whole numbers of 8 or 16 bits: that is three times as fast as to compare
 * each cell with the edges.
 * @returns values and their rows, ascending
 */
function countByValue(rowSet: RowSet, index: number): readonly ValueRows[] | undefined {
  const byDecimals = new Map<number, Uint32Array>();
  for (const { block, first, rows } of rowSet.spans) {
    const { cells, decimals, missing } = segmentOf(rowSet.workplace.table, block, index);
    if (cells.BYTES_PER_ELEMENT > Int16Array.BYTES_PER_ELEMENT || missing === undefined) return undefined;
    const counts = byDecimals.get(decimals) ?? new Uint32Array(SHORTS);
    byDecimals.set(decimals, counts);
    const place = missing + SHORTS / 2;
    const before = counts[place]!;
    const end = first + rows;
    for (let i = first; i < end; i++) counts[cells[i]! + SHORTS / 2]!++;
    counts[place] = before;
  }
  const rowsOf = new Map<number, number>();
  for (const [decimals, counts] of byDecimals) {
    const power = POWERS_OF_TEN[decimals]!;
    for (let place = 0; place < SHORTS; place++) {
      if (counts[place] === 0) continue;
      const value = (place - SHORTS / 2) / power;
      rowsOf.set(value, (rowsOf.get(value) ?? 0) + counts[place]!);
    }
  }
  return [...rowsOf].sort(([a], [b]) => a - b);
}

/** A value, and its rows. */
type ValueRows = readonly [value: number, rows: number];

/** The bins between the exact deciles of counted values. */
function binsOf(byValue: readonly ValueRows[]): { readonly edges: number[]; readonly counts: number[] } {
  const total = byValue.reduce((sum, [, rows]) => sum + rows, 0);
  const tenth = (rows: number) => Math.min(Math.floor((rows * BINS) / total), BINS - 1);
  const edges: number[] = [];
  const counts: number[] = [0];
  let upTo = 0;
  for (const [value, rows] of byValue) {
    counts[counts.length - 1]! += rows;
    if (tenth(upTo + rows) > tenth(upTo)) {
      edges.push(value);
      counts.push(0);
    }
    upTo += rows;
  }
  return { edges, counts };
}

/** Returns the different deciles of some values, ascending: the last value of each tenth but the last. */
function edgesOf(rowSet: RowSet, index: number): number[] {
  const values = sampleOf(rowSet, index).sort();
  const deciles = Array.from({ length: BINS - 1 }, (_, k) => {
    return values[Math.ceil(((k + 1) * values.length) / BINS) - 1]! + 0;
  });
  return values.length === 0 ? [] : [...new Set(deciles)];
}

/** Reads the values of rows at equal distances; missing values are left out. */
function sampleOf(rowSet: RowSet, index: number): Float64Array {
  const step = Math.ceil(rowSet.nSamples / SAMPLE_ROWS_MAX);
  const values = new Float64Array(Math.ceil(rowSet.nSamples / step));
  let found = 0;
  for (const { block, first, rows, before } of rowSet.spans) {
    const { cells, decimals, missing } = segmentOf(rowSet.workplace.table, block, index);
    const power = POWERS_OF_TEN[decimals]!;
    for (let i = (step - (before % step)) % step; i < rows; i += step) {
      const cell = cells[first + i]!;
      if (cell !== missing && !Number.isNaN(cell)) values[found++] = cell / power;
    }
  }
  return values.subarray(0, found);
}

/** The edges in the numbers that a segment holds, and where to look for a value. */
interface Cut {
  readonly edges: Float64Array;
  /** Edges below a bucket. */
  readonly below: Uint8Array;
  readonly scale: number;
}

function cutOf(values: readonly number[], { cells, decimals }: Segment): Cut {
  const power = POWERS_OF_TEN[decimals]!;
  const edges = Float64Array.from(values, (edge) => {
    return cells instanceof Float64Array ? edge : lastUpTo(edge, power);
  });
  const low = edges[0] ?? 0;
  // One bucket more than is used, so that the largest value has a bucket too.
  const scale = (BUCKETS - 1) / Math.max(edges.at(-1)! - low, Number.MIN_VALUE);
  const below = new Uint8Array(BUCKETS);
  const bucketsOfEdges = edges.map((edge) => ((edge - low) * scale) | 0);
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    below[bucket] = bucketsOfEdges.filter((one) => one < bucket).length;
  }
  return { edges, below, scale };
}

/** Returns the largest whole number whose quotient by a power of ten is at most `edge`. */
function lastUpTo(edge: number, power: number): number {
  const near = Math.round(edge * power);
  return near / power <= edge ? near : near - 1;
}

/** Adds the cells of some rows to the counts of their bins. Missing cells are skipped. */
function countCells(
  { cells, missing }: Segment,
  from: number,
  to: number,
  { edges, below, scale }: Cut,
  counts: Uint32Array,
): void {
  const last = edges.length;
  if (last === 0) return;
  const [low, high] = [edges[0]!, edges[last - 1]!];
  for (let i = from; i < to; i++) {
    const cell = cells[i]!;
    if (cell <= low) {
      if (cell !== missing) counts[0]!++;
    } else if (cell > high) {
      counts[last]!++;
    } else if (cell > low) {
      let bin = below[((cell - low) * scale) | 0]!;
      while (cell > edges[bin]!) bin++;
      counts[bin]!++;
    }
  }
}
