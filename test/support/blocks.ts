import { numericColumn } from '../../src/engine/local/blocks/numericColumn.ts';
import { MARKS, openWorkplace, type Partition, partition } from '../../src/engine/local/blocks/partition.ts';
import { RowSetSource } from '../../src/engine/local/blocks/rowSetSource.ts';
import { type Helper, Team } from '../../src/engine/local/blocks/team.ts';
import type { NumericColumn } from '../../src/ml/frame.ts';
import { type Cells, packTable } from './packedTable.ts';

export interface PartitionOptions {
  readonly blockRows: number;
  /** A key for each row; by default, all rows are training rows. */
  readonly keys?: Uint8Array;
  readonly helpers?: readonly Helper[];
}

/** Makes a table of these columns, sorted by its keys. */
export function partitionOf(
  columns: readonly Cells[],
  { blockRows, keys, helpers = [] }: PartitionOptions,
): Partition {
  const table = packTable(columns, blockRows);
  const workplace = openWorkplace(table, new Team(table.memory, helpers));
  const given = keys ?? new Uint8Array(table.rows).fill(MARKS.train);
  return partition(workplace, given, given.reduce((max, key) => Math.max(max, key), 2) + 1);
}

/** The training and the test rows of a table of these columns. */
export function sourcesOf(columns: readonly Cells[], options: PartitionOptions) {
  const rows = partitionOf(columns, options);
  return {
    train: new RowSetSource(rows.rowSet([MARKS.train])),
    test: new RowSetSource(rows.rowSet([MARKS.test])),
  };
}

/** The first columns of a row set, all of them numbers, as a frame. */
export function frameOf(source: RowSetSource, nColumns: number) {
  const columns: NumericColumn[] = Array.from({ length: nColumns }, (_, j) => numericColumn(source, j));
  return { nSamples: source.rowSet.nSamples, columns };
}
