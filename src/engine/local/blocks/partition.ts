import type { Table } from '../../../data/table.ts';
import { RowSet, type Span, type Workplace } from './rowSet.ts';
import { Scratch } from './scratch.ts';
import type { Team } from './team.ts';

/** What a row is for. */
export const MARKS = { train: 0, test: 1, dropped: 2 } as const;

/** Bytes a row of a block that a thread needs to sort it: its new place, and a cell. */
const SCRATCH_BYTES_A_ROW = 12;

/** Makes the table, and what lies behind it in its memory, a place to work in. A table has one at a time. */
export function openWorkplace(table: Table, team: Team): Workplace {
  return { table, team, scratch: new Scratch(table.memory, table.freeAddress) };
}

/** All rows of the table. */
export function wholeTable(workplace: Workplace): RowSet {
  const { rows, blockRows } = workplace.table;
  const spans: Span[] = [];
  for (let before = 0; before < rows; before += blockRows) {
    spans.push({ first: 0, rows: Math.min(blockRows, rows - before), before });
  }
  return new RowSet(workplace, spans);
}

/**
 * Sorts the rows of each block, in place: first the training rows, then the test rows, then those that are dropped, each
 * in the order of the file.
 * @param marks one of `MARKS` a row
 */
export function partition(
  workplace: Workplace,
  marks: Uint8Array,
): { readonly train: RowSet; readonly test: RowSet } {
  const { table, team, scratch } = workplace;
  const nBlocks = Math.ceil(table.rows / table.blockRows);
  const words = scratch.scope(() => {
    const marksAddress = scratch.take(marks.length);
    scratch.bytes(marksAddress, marks.length).set(marks);
    const counts = scratch.take(2 * nBlocks * Int32Array.BYTES_PER_ELEMENT);
    const task = {
      kernel: 'partitionBlock',
      args: [table.directoryAddress, table.columns.length, table.blockRows, table.rows, marksAddress, counts],
      nBlocks,
      scratchBytes: SCRATCH_BYTES_A_ROW * table.blockRows,
      cells: table.rows * table.columns.length,
    } as const;
    team.run(task, scratch);
    return scratch.words(counts, 2 * nBlocks).slice();
  });

  const [train, test]: [Span[], Span[]] = [[], []];
  let [trainBefore, testBefore] = [0, 0];
  for (let block = 0; block < nBlocks; block++) {
    const [nTrain, nTest] = [words[2 * block]!, words[2 * block + 1]!];
    train.push({ first: 0, rows: nTrain, before: trainBefore });
    test.push({ first: nTrain, rows: nTest, before: testBefore });
    trainBefore += nTrain;
    testBefore += nTest;
  }
  return { train: new RowSet(workplace, train), test: new RowSet(workplace, test) };
}
