import type { ColumnSummary } from '../values/dataset.ts';
import type { Dataset } from './dataset.ts';
import { type SummaryScratch, summaryScratch } from './orderStatistics.ts';
import { packedRoom, summarizePacked } from './packedSummary.ts';
import { readNumbers } from './segments.ts';
import { type NumberSummary, summarize } from './summary.ts';

/** The columns of a table to summarise. Any number of threads can take columns one after the other. */
export interface SummaryTask extends Pick<Dataset, 'table' | 'features'> {
  /** Two words: the next feature to take, and the next seat. */
  readonly next: Int32Array<SharedArrayBuffer>;
}

/** The summaries of one thread, each with the index of its feature. */
export type SummaryShare = readonly (readonly [place: number, summary: ColumnSummary])[];

export function summaryTask({ table, features }: Pick<Dataset, 'table' | 'features'>): SummaryTask {
  return { table, features, next: new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) };
}

/**
 * Summarises the numeric features that no other thread has taken, until all are taken. A summary has minimum,
 * maximum, mean, sample standard deviation and quartiles.
 */
export function summariseNext({ table, features, next }: SummaryTask): SummaryShare {
  const room = packedRoom(table, Atomics.add(next, 1, 1));
  let scratch: SummaryScratch | undefined;
  let values: Float64Array<ArrayBuffer> | undefined;
  const share: [number, ColumnSummary][] = [];
  for (;;) {
    const place = Atomics.add(next, 0, 1);
    const feature = features[place];
    if (feature === undefined) return share;
    const { name, index, type } = feature;
    if (type === 'string') continue;
    let summary: Omit<NumberSummary, 'distinct'> | undefined = summarizePacked(table, index, room);
    if (summary === undefined) {
      values ??= new Float64Array(table.rows);
      scratch ??= summaryScratch();
      summary = summarize(readNumbers(table, index, 0, table.rows, values), scratch);
    }
    const { min, max, mean, std, quantiles } = summary;
    const [, q1, median, q3] = quantiles as [number, number, number, number, number];
    share.push([place, { name, min, max, mean, std, quartiles: [q1, median, q3] }]);
  }
}

/** Joins the summaries in the order of the features. */
export function joinSummaries(shares: readonly SummaryShare[]): ColumnSummary[] {
  return shares
    .flat()
    .sort(([a], [b]) => a - b)
    .map(([, summary]) => summary);
}
