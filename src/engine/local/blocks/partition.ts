import type { Table } from '../../../data/table.ts';
import { Watch } from '../../watch.ts';
import { RowSet, type Span, type Workplace } from './rowSet.ts';
import { Scratch } from './scratch.ts';
import type { Team } from './team.ts';

/** Keys of a hold-out: what each row is for. */
export const MARKS = { train: 0, test: 1, dropped: 2 } as const;

/** Keys are bytes. */
const KEYS_MAX = 256;
/** Bytes that a thread needs to sort a block: for each row its new place and a cell, for each key the next place. */
const SCRATCH_BYTES_A_ROW = 12;
const SCRATCH_BYTES = KEYS_MAX * Int32Array.BYTES_PER_ELEMENT;

/** Makes a table, and the memory behind it, a place to work in. A table has one workplace at a time. */
export function openWorkplace(table: Table, team: Team, watch = new Watch()): Workplace {
  return { table, team, scratch: new Scratch(table.memory, table.freeAddress), watch };
}

/** All rows of the table. */
export function wholeTable(workplace: Workplace): RowSet {
  return partitionOf(workplace, (rows) => [rows], new Uint8Array(0)).rowSet([0]);
}

/**
 * Sorts the rows of each block by their keys, in place; rows of one key keep their order.
 * @param keys for each row of the table, in its present order, a number below `nKeys`
 * @param earlier the partition that the present order comes from, if the rows were sorted before
 */
export function partition(
  workplace: Workplace,
  keys: Uint8Array,
  nKeys: number,
  earlier?: Partition,
): Partition {
  const { table, team, scratch, watch } = workplace;
  watch.throwIfCancelled();
  const nBlocks = Math.ceil(table.rows / table.blockRows);
  const counts = scratch.scope(() => {
    const keysAddress = scratch.take(keys.length);
    scratch.bytes(keysAddress, keys.length).set(keys);
    const out = scratch.take(nKeys * nBlocks * Int32Array.BYTES_PER_ELEMENT);
    const place = [table.directoryAddress, table.columns.length, table.blockRows, table.rows];
    const task = {
      kernel: 'partitionBlock',
      args: [...place, keysAddress, nKeys, out],
      nBlocks,
      scratchBytes: SCRATCH_BYTES + SCRATCH_BYTES_A_ROW * table.blockRows,
      cells: table.rows * table.columns.length,
    } as const;
    team.run(task, scratch);
    return scratch.words(out, nKeys * nBlocks).slice();
  });
  const countsOf = (_: number, block: number) => [...counts.subarray(block * nKeys, (block + 1) * nKeys)];
  return partitionOf(workplace, countsOf, keys, earlier);
}

/** Rows of a table that are sorted by keys within their blocks. */
export interface Partition {
  /**
   * The rows of these keys, each once.
   * @param keys ascending; neighbours share a span, so that "all but one" has at most two spans a block
   */
  rowSet(keys: readonly number[]): RowSet;
  /** The row of the file that stands at a place of the table now. Both count from 0. */
  tableRow(place: number): number;
}

function partitionOf(
  workplace: Workplace,
  countsOf: (rows: number, block: number) => readonly number[],
  keys: Uint8Array,
  earlier?: Partition,
): Partition {
  const { rows, blockRows } = workplace.table;
  const blocks = Array.from({ length: Math.ceil(rows / blockRows) }, (_, block) =>
    countsOf(Math.min(blockRows, rows - block * blockRows), block),
  );
  const tableRow = (place: number) => {
    const before = rowBefore(keys, Math.floor(place / blockRows), blockRows, place % blockRows);
    return earlier === undefined ? before : earlier.tableRow(before);
  };
  return {
    tableRow,
    rowSet: (some) => {
      const wanted = new Set(some);
      const spans: Span[] = [];
      let before = 0;
      blocks.forEach((counts, block) => {
        for (const { first, rows } of runsOf(counts, wanted)) {
          spans.push({ block, first, rows, before });
          before += rows;
        }
      });
      return new RowSet(workplace, spans, (block, place) => tableRow(block * blockRows + place));
    },
  };
}

/** The row that stood in a table's block before its rows were sorted by their keys, and stands at a place of it now. */
function rowBefore(keys: Uint8Array, block: number, blockRows: number, place: number): number {
  const first = block * blockRows;
  const ofBlock = keys.subarray(first, first + blockRows);
  // Without keys, nothing was sorted.
  if (ofBlock.length === 0) return first + place;
  return first + [...ofBlock.keys()].sort((a, b) => ofBlock[a]! - ofBlock[b]!)[place]!;
}

/** Stretches of rows whose keys are wanted, in a block that is sorted by them. */
function runsOf(counts: readonly number[], wanted: ReadonlySet<number>): { first: number; rows: number }[] {
  const runs: { first: number; rows: number }[] = [];
  let first = 0;
  counts.forEach((rows, key) => {
    const last = runs.at(-1);
    if (wanted.has(key) && rows > 0) {
      if (last !== undefined && last.first + last.rows === first) last.rows += rows;
      else runs.push({ first, rows });
    }
    first += rows;
  });
  return runs;
}
