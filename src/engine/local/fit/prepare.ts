import { joinSummaries, summariseNext, summaryTask } from '../../../data/columnSummaries.ts';
import { type Dataset, toDataset } from '../../../data/dataset.ts';
import { joinTest } from '../../../data/joinTables.ts';
import { rowsInTraining } from '../../../data/knownColumns.ts';
import type { Table } from '../../../data/table.ts';
import { readTestRows } from '../../../data/testFile.ts';
import type { Frame } from '../../../ml/frame.ts';
import type { ClassLabel, DatasetInfo, InputExample, TestFileInfo } from '../../../values/dataset.ts';
import type { Plan } from '../../../values/plan.ts';
import { Watch } from '../../watch.ts';
import { numericColumn } from '../blocks/numericColumn.ts';
import { MARKS, openWorkplace, type Partition, partition } from '../blocks/partition.ts';
import type { RowSet, Workplace } from '../blocks/rowSet.ts';
import { RowSetSource } from '../blocks/rowSetSource.ts';
import type { Team } from '../blocks/team.ts';
import { PackedTextColumn } from '../blocks/textColumn.ts';
import { rolesOf } from '../reading/roles.ts';
import type { Both } from '../reading/types.ts';
import { requireClasses, requireValues } from './checkRows.ts';
import { describeDataset, inputExample } from './describe.ts';
import { HelperTasks } from './helperTasks.ts';
import { type MarkedRows, markRows } from './markRows.ts';
import { findPositive, requireTwoClasses } from './positive.ts';
import { countRowsSeen } from './rowsSeen.ts';

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
  /** Where the rows lie, sorted by `marked.marks` within their blocks. */
  readonly workplace: Workplace;
  /** How the rows were sorted by `marked.marks`. */
  readonly partition: Partition;
  readonly marked: MarkedRows;
  readonly train: Rows;
  readonly test: Rows;
  readonly positive: ClassLabel | undefined;
  readonly example: InputExample;
  readonly info: DatasetInfo;
  readonly testInfo?: TestFileInfo;
  /** Test rows that the plan's champion was trained on, if that is known. */
  readonly rowsSeen?: number;
}

/**
 * Gives the columns their roles, summarises them, and splits the rows, in place: nobody else can use the table then. The rows of
 * a test file are added to the table of the training file.
 * @throws DataError or FieldError if a table or a field does not allow it
 */
export async function prepare(
  { train, test }: Both<Table>,
  plan: Plan,
  team: Team,
  helpers = new HelperTasks(),
  watch = new Watch(),
): Promise<Prepared> {
  watch.enter('preparing');
  watch.foundRows(train.rows + (test?.rows ?? 0));
  const ofFile = toDataset(train, rolesOf(plan));
  watch.throwIfCancelled();
  const positive = findPositive(ofFile.target, plan.data.positive);
  requireTwoClasses(ofFile.target, plan);
  const testRows = test && readTestRows(rowsInTraining(ofFile), test, plan.data.missing);
  const dataset = testRows === undefined ? ofFile : joinTest(ofFile, testRows);
  watch.throwIfCancelled();
  const { table } = dataset;
  // The training file alone is summarised, in the memory behind the test rows.
  const task = summaryTask({ ...ofFile, table: { ...train, freeAddress: table.freeAddress } });
  const othersShare = helpers.summarise(task);
  let marked: MarkedRows;
  try {
    marked = markRows(dataset, plan.evaluation.holdout);
    requireClasses(dataset.target, marked, plan.evaluation.holdout);
    requireValues(dataset, marked);
    watch.throwIfCancelled();
  } catch (error) {
    // The helpers still count in the table's memory, which another file gets once the refusal is known.
    await othersShare.result().catch(() => undefined);
    throw error;
  }
  const rowsSeen = plan.champion && countRowsSeen(plan.champion, dataset, marked, plan);
  const example = inputExample(ofFile);
  const ownShare = summariseNext(task);
  const info = describeDataset(ofFile, joinSummaries([ownShare, ...((await othersShare.result()) ?? [])]));
  const workplace = openWorkplace(table, team, watch);
  const rows = partition(workplace, marked.marks, Object.keys(MARKS).length);
  return {
    dataset,
    workplace,
    partition: rows,
    marked,
    train: rowsOf(dataset, rows.rowSet([MARKS.train]), marked.trainCodes),
    test: rowsOf(dataset, rows.rowSet([MARKS.test]), marked.testCodes),
    positive,
    example,
    info,
    ...(testRows && { testInfo: testRows.info }),
    ...(rowsSeen !== undefined && { rowsSeen }),
  };
}

/** The features of the rows of a set, and the rows' classes. */
export function rowsOf({ features }: Pick<Dataset, 'features'>, rowSet: RowSet, codes: Uint8Array): Rows {
  const source = new RowSetSource(rowSet);
  const columns = features.map(({ index, type }) =>
    type === 'string' ? new PackedTextColumn(source, index) : numericColumn(source, index),
  );
  return { frame: { nSamples: rowSet.nSamples, columns }, codes, source };
}
