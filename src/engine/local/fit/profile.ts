import type { Feature } from '../../../data/dataset.ts';
import { POWERS_OF_TEN, type Segment, segmentOf } from '../../../data/segments.ts';
import type { Table } from '../../../data/table.ts';
import type { TextColumn } from '../../../ml/frame.ts';
import { sortDoubles } from '../../../ml/sortDoubles.ts';
import type { ColumnBins } from '../../../values/loadedModel.ts';
import type { RowSet } from '../blocks/rowSet.ts';
import type { Prepared } from './prepare.ts';

/** Deciles: drift measures usually compare ten bins. */
const BINS = 10;
/**
 * Training rows that the bins of numbers count. By chance alone, the stability index of so many rows has a mean of
 * (bins - 1) / rows = 0.0044; 0.25 is a warning. More rows would take a noticeable part of a fit.
 */
const SAMPLE_ROWS_MAX = 2_048;
/** Rows beside each other that are drawn together, because they lie together in memory. */
const NEIGHBOURS = 8;
/** Different whole numbers up to which counting is faster than sorting. */
const COUNTED_MAX = 4 * SAMPLE_ROWS_MAX;
/** The golden ratio's part behind the point: multiples of it fill a range evenly, and repeat with no period. */
const GOLDEN = 0.6180339887498949;
/** The most frequent texts, which the profile lists. */
const CATEGORIES_MAX = 50;
/** Buckets of equal width in which a value is looked up, so that most values are compared with no edge. */
const BUCKETS = 1_024;

/**
 * Counts the training rows by bins of each feature. Call it before the rows are sorted into folds.
 * A number's bins are deciles of the training rows, or of 2,048 of them if there are more. Texts are counted in all rows.
 */
export function trainingProfile({ dataset, train }: Pick<Prepared, 'dataset' | 'train'>): ColumnBins[] {
  const { rowSet } = train.source;
  const sample = sampleOf(rowSet);
  return dataset.features.map((feature, place) => {
    const column = train.frame.columns[place]!;
    return column.kind === 'text'
      ? textBins(feature.name, column)
      : numberBins(feature, rowSet.workplace.table, sample);
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

/** Rows of one block, by their places in the block. */
interface Places {
  readonly block: number;
  readonly cells: Int32Array;
}

/** Draws a few neighbouring rows of each of many equal parts; each draw stands elsewhere in its part. */
function drawRows(nSamples: number): number[] {
  const step = Math.ceil(nSamples / SAMPLE_ROWS_MAX) * NEIGHBOURS;
  const rows: number[] = [];
  for (let part = 0; part * step < nSamples; part++) {
    const first = part * step + Math.floor(((part * GOLDEN) % 1) * (step - NEIGHBOURS));
    for (let row = first; row < Math.min(first + NEIGHBOURS, nSamples); row++) rows.push(row);
  }
  return rows;
}

function sampleOf({ spans, nSamples }: RowSet): Places[] {
  const drawn = drawRows(nSamples);
  let at = 0;
  return spans.map(({ block, first, rows, before }) => {
    const from = at;
    while (at < drawn.length && drawn[at]! < before + rows) at++;
    return { block, cells: Int32Array.from(drawn.slice(from, at), (row) => first + row - before) };
  });
}

function numberBins({ name, index }: Feature, table: Table, sample: readonly Places[]): ColumnBins {
  const segments = sample.map(({ block }) => segmentOf(table, block, index));
  const rows = sample.reduce((sum, { cells }) => sum + cells.length, 0);
  const { edges, counts } = binsOfWhole(segments, sample, rows) ?? binsOfReals(segments, sample, rows);
  const counted = counts.reduce((sum, count) => sum + count, 0);
  return { name, kind: 'number', edges, counts, missing: rows - counted };
}

/** Counts the rows of each number. Undefined if the cells are no whole numbers of one unit, or are far apart. */
function binsOfWhole(
  segments: readonly Segment[],
  sample: readonly Places[],
  rows: number,
): Deciles | undefined {
  const decimals = segments[0]?.decimals ?? 0;
  if (!segments.every((one) => one.missing !== undefined && one.decimals === decimals)) return undefined;
  const numbers = new Int32Array(rows);
  let [count, low, high] = [0, 2 ** 31 - 1, -(2 ** 31)];
  for (const [place, { cells, missing }] of segments.entries()) {
    const places = sample[place]!.cells;
    for (let i = 0; i < places.length; i++) {
      const cell = cells[places[i]!]!;
      if (cell === missing) continue;
      numbers[count++] = cell;
      if (cell < low) low = cell;
      if (cell > high) high = cell;
    }
  }
  if (high - low >= COUNTED_MAX) return undefined;
  const rowsOf = new Uint32Array(Math.max(high - low + 1, 0));
  for (let i = 0; i < count; i++) rowsOf[(numbers[i]! - low) | 0]!++;
  const bins = new Deciles(count);
  const power = POWERS_OF_TEN[decimals]!;
  for (let place = 0; place < rowsOf.length; place++) {
    if (rowsOf[place]! > 0) bins.add((low + place) / power, rowsOf[place]!);
  }
  return bins;
}

function binsOfReals(segments: readonly Segment[], sample: readonly Places[], rows: number): Deciles {
  const room = new Float64Array(rows);
  let count = 0;
  for (const [place, { cells, decimals, missing }] of segments.entries()) {
    const power = POWERS_OF_TEN[decimals]!;
    for (const i of sample[place]!.cells) {
      const cell = cells[i]!;
      if (cell !== missing && !Number.isNaN(cell)) room[count++] = cell / power;
    }
  }
  const values = room.subarray(0, count);
  sortDoubles(values);
  const bins = new Deciles(count);
  for (let from = 0, to = 0; from < count; from = to) {
    while (to < count && values[to] === values[from]) to++;
    bins.add(values[from]!, to - from);
  }
  return bins;
}

/** Bins between the exact deciles of values that are added in ascending order. */
class Deciles {
  readonly edges: number[] = [];
  readonly counts: number[] = [0];
  readonly #total: number;
  #added = 0;

  /** @param total rows that will be added */
  constructor(total: number) {
    this.#total = total;
  }

  add(value: number, rows: number): void {
    this.counts[this.counts.length - 1]! += rows;
    const tenth = this.#tenthOf(this.#added);
    this.#added += rows;
    if (this.#tenthOf(this.#added) === tenth) return;
    // Adding 0 avoids -0.
    this.edges.push(value + 0);
    this.counts.push(0);
  }

  #tenthOf(rows: number): number {
    return Math.min(Math.floor((rows * BINS) / this.#total), BINS - 1);
  }
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
