import { joinSummaries, summariseNext, summaryTask } from '../../../data/columnSummaries.ts';
import { type Dataset, toDataset } from '../../../data/dataset.ts';
import type { Table } from '../../../data/table.ts';
import type { Frame } from '../../../ml/frame.ts';
import type { ClassLabel, DatasetInfo, InputExample, SplitInfo } from '../../../values/dataset.ts';
import type { Plan } from '../../../values/plan.ts';
import { Watch } from '../../watch.ts';
import { numericColumn } from '../blocks/numericColumn.ts';
import { MARKS, openWorkplace, partition } from '../blocks/partition.ts';
import type { RowSet } from '../blocks/rowSet.ts';
import { RowSetSource } from '../blocks/rowSetSource.ts';
import type { Team } from '../blocks/team.ts';
import { PackedTextColumn } from '../blocks/textColumn.ts';
import { describeDataset, inputExample } from './describe.ts';
import { HelperTasks } from './helperTasks.ts';
import { requireTwoClasses } from './requireTwoClasses.ts';
import { findPositive, type MarkedRows, markRows, requireClasses, requireValues } from './splitRows.ts';

/** Rows of a data set, as models see them. */
export interface Rows {
  readonly frame: Frame;
  /** Each row's place among the target's classes. */
  readonly codes: Uint8Array;
  /** Where the frame's columns are computed with. */
  readonly source: RowSetSource;
}

/** A data set that is split into training and test rows. Any number of models can be fitted on it. */
export interface Prepared {
  readonly dataset: Dataset;
  readonly split: SplitInfo;
  readonly train: Rows;
  readonly test: Rows;
  readonly positive: ClassLabel | undefined;
  readonly example: InputExample;
  readonly info: DatasetInfo;
}

/**
 * Gives the columns their roles, summarises them, and splits the rows, in place: nobody else can use the table then.
 * @throws DataError or FieldError if the table or a field does not allow it
 */
export async function prepare(
  table: Table,
  { data, evaluation, inference }: Plan,
  team: Team,
  helpers = new HelperTasks(),
  watch = new Watch(),
): Promise<Prepared> {
  watch.enter('preparing');
  const dataset = toDataset(table, data);
  const positive = findPositive(dataset.target, data.positive);
  if (inference) requireTwoClasses(dataset.target);
  const task = summaryTask(dataset);
  const othersShare = helpers.summarise(task);
  let marked: MarkedRows;
  try {
    marked = markRows(dataset, evaluation.holdout);
    requireClasses(dataset.target, marked);
    requireValues(dataset, marked);
    watch.throwIfCancelled();
  } catch (error) {
    // The helpers still count in the table's memory, which another file gets once the refusal is known.
    await othersShare.result().catch(() => undefined);
    throw error;
  }
  const example = inputExample(dataset);
  const ownShare = summariseNext(task);
  const info = describeDataset(dataset, joinSummaries([ownShare, ...((await othersShare.result()) ?? [])]));
  const rows = partition(openWorkplace(table, team, watch), marked.marks, Object.keys(MARKS).length);
  return {
    dataset,
    split: marked.split,
    train: rowsOf(dataset, rows.rowSet([MARKS.train]), marked.trainCodes),
    test: rowsOf(dataset, rows.rowSet([MARKS.test]), marked.testCodes),
    positive,
    example,
    info,
  };
}

function rowsOf({ features }: Dataset, rowSet: RowSet, codes: Uint8Array): Rows {
  const source = new RowSetSource(rowSet);
  const columns = features.map(({ index, type }) =>
    type === 'string' ? new PackedTextColumn(source, index) : numericColumn(source, index),
  );
  return { frame: { nSamples: rowSet.nSamples, columns }, codes, source };
}
