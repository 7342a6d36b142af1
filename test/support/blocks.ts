import { MARKS, openWorkplace, partition } from '../../src/engine/local/blocks/partition.ts';
import type { RowSet } from '../../src/engine/local/blocks/rowSet.ts';
import { type Helper, Team } from '../../src/engine/local/blocks/team.ts';
import type { NumericColumn } from '../../src/ml/frame.ts';
import { type Cells, packTable } from './packedTable.ts';

export interface PartitionOptions {
  readonly blockRows: number;
  /** One of `MARKS` a row; all rows are training rows where it is not given. */
  readonly marks?: Uint8Array;
  readonly helpers?: readonly Helper[];
}

/** The row sets of a table of these columns. */
export function partsOf(columns: readonly Cells[], { blockRows, marks, helpers = [] }: PartitionOptions) {
  const table = packTable(columns, blockRows);
  const workplace = openWorkplace(table, new Team(table.memory, helpers));
  return partition(workplace, marks ?? new Uint8Array(table.rows).fill(MARKS.train));
}

/** The first columns of a row set, all of them numbers, as a frame. */
export function frameOf(rowSet: RowSet, nColumns: number) {
  const columns: NumericColumn[] = Array.from({ length: nColumns }, (_, j) => rowSet.numericColumn(j));
  return { nSamples: rowSet.nSamples, columns };
}
