import type { MessagePort } from 'node:worker_threads';
import { joinSummaries, summariseNext, summaryTask } from '../../../data/columnSummaries.ts';
import { type Dataset, type Roles, toDataset } from '../../../data/dataset.ts';
import { type ReadOptions, readTable } from '../../../data/readTable.ts';
import type { Table } from '../../../data/table.ts';
import type { ClassificationMetrics } from '../../../ml/codedMetrics.ts';
import type { Frame } from '../../../ml/frame.ts';
import { roundedMetrics } from '../../../ml/trainingPipeline.ts';
import type { ClassLabel, DatasetInfo, InputExample, SplitInfo } from '../../../values/dataset.ts';
import type { MetricSet, RoundedMetrics } from '../../../values/metrics.ts';
import type { PipelineState } from '../../../values/pipelineState.ts';
import type { SolverInfo } from '../../../values/result.ts';
import type { Warning } from '../../../values/warning.ts';
import { measure, measureTask } from '../blocks/measure.ts';
import { openWorkplace, partition } from '../blocks/partition.ts';
import type { RowSet } from '../blocks/rowSet.ts';
import type { Scratch } from '../blocks/scratch.ts';
import { Team } from '../blocks/team.ts';
import { readAgain } from '../reading/readAgain.ts';
import type { ReadTable } from '../reading/types.ts';
import { constantColumns, describeDataset, inputExample, undefinedMetrics } from './describe.ts';
import { HelperTasks } from './helperTasks.ts';
import { fitPipeline, type ModelSpec, predictRows, type Rows } from './model.ts';
import {
  findPositive,
  type MarkedRows,
  markRows,
  requireClasses,
  requireValues,
  type SplitSpec,
} from './splitRows.ts';

/** What is to be trained, as the caller chose it. */
export interface FitSpec extends Roles, SplitSpec, ModelSpec {
  /** Label that precision, recall and ROC are of, as text; the larger of the two where it is not given. */
  readonly positive?: string;
}

/** What a training gives: plain numbers that cross from a thread. */
export interface Fitted {
  readonly pipeline: PipelineState;
  readonly dataset: DatasetInfo;
  readonly split: SplitInfo;
  readonly inputExample: InputExample;
  readonly rounded: RoundedMetrics;
  readonly training: MetricSet;
  readonly test: MetricSet;
  readonly solver: SolverInfo;
  readonly warnings: readonly Warning[];
  /** Milliseconds by stage. */
  readonly timingMs: {
    readonly parse: number;
    readonly split: number;
    readonly fit: number;
    readonly evaluate: number;
  };
}

/** A data set whose rows have been sorted into training and test rows; any number of models can be fitted on it. */
interface Prepared {
  readonly dataset: Dataset;
  readonly split: SplitInfo;
  readonly train: Rows;
  readonly test: Rows;
  readonly positive: ClassLabel | undefined;
  /** Room behind the table. */
  readonly scratch: Scratch;
  readonly inputExample: InputExample;
  readonly info: DatasetInfo;
}

/**
 * Gives the columns their roles, summarises them, and splits the rows, in place: the table is used up by it.
 * @throws DataError or FieldError where the table or a field does not allow it
 */
export async function prepare(
  table: Table,
  spec: FitSpec,
  team: Team,
  helpers = new HelperTasks(),
): Promise<Prepared> {
  const dataset = toDataset(table, spec);
  const { target, features } = dataset;
  const positive = findPositive(target, spec.positive);
  const task = summaryTask(dataset);
  const othersProfile = helpers.summarise(task);
  let marked: MarkedRows;
  try {
    marked = markRows(dataset, spec);
    requireClasses(target, marked);
    requireValues(dataset, marked);
  } catch (error) {
    // They count in the table's memory, which is another file's once the refusal is told.
    await othersProfile.result().catch(() => undefined);
    throw error;
  }
  const example = inputExample(dataset);
  const ownShare = summariseNext(task);
  const info = describeDataset(dataset, joinSummaries([ownShare, ...((await othersProfile.result()) ?? [])]));
  const workplace = openWorkplace(table, team);
  const parts = partition(workplace, marked.marks);
  const frameOf = (rowSet: RowSet): Frame => ({
    nSamples: rowSet.nSamples,
    columns: features.map(({ index, type }) =>
      type === 'string' ? rowSet.textColumn(index) : rowSet.numericColumn(index),
    ),
  });
  return {
    dataset,
    split: marked.split,
    train: { frame: frameOf(parts.train), codes: marked.trainCodes },
    test: { frame: frameOf(parts.test), codes: marked.testCodes },
    positive,
    scratch: workplace.scratch,
    inputExample: example,
    info,
  };
}

/** Fits the pipeline on the training rows and measures it on both row sets. @throws DataError where it cannot be fitted */
export async function fitPrepared(
  { dataset, train, test, positive, scratch }: Prepared,
  spec: ModelSpec,
  helpers = new HelperTasks(),
) {
  const startedAt = performance.now();
  const { pipeline, model } = fitPipeline(dataset, train, spec);
  const fittedAt = performance.now();
  const trainTask = measureTask(scratch, predictRows(pipeline, train, positive));
  const measuring = helpers.measure(trainTask);
  let onTest: ClassificationMetrics;
  try {
    onTest = measure(measureTask(scratch, predictRows(pipeline, test, positive)));
  } catch (error) {
    // A helper counts in the table's memory, which is another file's once the refusal is told.
    await measuring.result().catch(() => undefined);
    throw error;
  }
  const onTrain = (await measuring.result()) ?? measure(trainTask);
  return {
    pipeline: pipeline.toState(),
    rounded: roundedMetrics(onTest.metrics),
    training: onTrain.metrics,
    test: onTest.metrics,
    solver: { name: spec.model.solver, iterations: model.nIter_, converged: model.converged_ },
    warnings: [
      ...model.fitWarnings_,
      ...undefinedMetrics('test', onTest.undefinedMetrics),
      ...undefinedMetrics('training', onTrain.undefinedMetrics),
    ],
    fitMs: fittedAt - startedAt,
    evaluateMs: performance.now() - fittedAt,
  };
}

/**
 * Splits a table, fits the pipeline on the training rows and measures it on both row sets: the original's whole computation
 * as one plain function. The table is used up by it.
 * @param ports of threads that help, each of which they `attend` to
 * @throws DataError or FieldError where the table or a field does not allow it
 */
export async function fitTable(
  { table, parseMs }: ReadTable,
  spec: FitSpec,
  ports: readonly MessagePort[] = [],
): Promise<Fitted> {
  const team = new Team(table.memory, ports);
  const helpers = new HelperTasks(ports);
  try {
    const startedAt = performance.now();
    const prepared = await prepare(table, spec, team, helpers);
    const preparedAt = performance.now();
    const { fitMs, evaluateMs, warnings, ...fitted } = await fitPrepared(prepared, spec, helpers);
    const { dataset, split, train, inputExample, info } = prepared;
    return {
      ...fitted,
      dataset: info,
      split,
      inputExample,
      warnings: [...dataset.warnings, ...constantColumns(dataset, train.frame), ...warnings],
      timingMs: { parse: parseMs, split: preparedAt - startedAt, fit: fitMs, evaluate: evaluateMs },
    };
  } finally {
    team.close();
  }
}

/**
 * Reads a CSV and fits it, on this thread alone.
 * @throws DataError, NotATableError, TooLargeError or FieldError where the file or a field does not allow it
 */
export async function fitCsv(bytes: Uint8Array, spec: FitSpec, options: ReadOptions = {}): Promise<Fitted> {
  const startedAt = performance.now();
  const table = readTable(bytes, options);
  const read = { table, parseMs: performance.now() - startedAt };
  const whole = await readAgain(read, spec, () => [bytes], options);
  return await fitTable(whole, spec);
}
