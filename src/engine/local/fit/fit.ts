import type { MessagePort } from 'node:worker_threads';
import { joinShares, profileJob, takePart } from '../../../data/columnSummaries.ts';
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
import { measure, measureJob } from '../blocks/measure.ts';
import { openWorkplace, partition } from '../blocks/partition.ts';
import type { Part } from '../blocks/rowSet.ts';
import type { Region } from '../blocks/scratch.ts';
import { Team } from '../blocks/team.ts';
import { readAgain } from '../reading/readAgain.ts';
import type { ReadTable } from '../reading/reading.ts';
import { constantColumns, describeDataset, inputExample, undefinedMetrics } from './describe.ts';
import { Errands } from './helperTasks.ts';
import { fitPipeline, type ModelSpec, predictPart, type Rows } from './model.ts';
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
  readonly region: Region;
  readonly inputExample: InputExample;
  readonly info: DatasetInfo;
}

/**
 * Gives the columns their parts, summarises them, and splits the rows, in place: the table is used up by it.
 * @throws DataError or FieldError where the table or a field does not allow it
 */
export async function prepare(
  table: Table,
  spec: FitSpec,
  team: Team,
  errands = new Errands(),
): Promise<Prepared> {
  const dataset = toDataset(table, spec);
  const { target, features } = dataset;
  const positive = findPositive(target, spec.positive);
  const job = profileJob(dataset);
  const othersProfile = errands.profile(job);
  let marked: MarkedRows;
  try {
    marked = markRows(dataset, spec);
    requireClasses(target, marked);
    requireValues(dataset, marked);
  } catch (error) {
    // They count in the table's memory, which is another file's once the refusal is told.
    await othersProfile.settle().catch(() => undefined);
    throw error;
  }
  const example = inputExample(dataset);
  const ownShare = takePart(job);
  const info = describeDataset(dataset, joinShares([ownShare, ...((await othersProfile.settle()) ?? [])]));
  const workplace = openWorkplace(table, team);
  const parts = partition(workplace, marked.marks);
  const frameOf = (part: Part): Frame => ({
    nSamples: part.nSamples,
    columns: features.map(({ index, type }) =>
      type === 'string' ? part.textColumn(index) : part.numericColumn(index),
    ),
  });
  return {
    dataset,
    split: marked.split,
    train: { frame: frameOf(parts.train), codes: marked.trainCodes },
    test: { frame: frameOf(parts.test), codes: marked.testCodes },
    positive,
    region: workplace.region,
    inputExample: example,
    info,
  };
}

/** Fits the pipeline on the training rows and measures it on both parts. @throws DataError where it cannot be fitted */
export async function fitPrepared(
  { dataset, train, test, positive, region }: Prepared,
  spec: ModelSpec,
  errands = new Errands(),
) {
  const startedAt = performance.now();
  const { pipeline, model } = fitPipeline(dataset, train, spec);
  const fittedAt = performance.now();
  const trainJob = measureJob(region, predictPart(pipeline, train, positive));
  const measuring = errands.measure(trainJob);
  let onTest: ClassificationMetrics;
  try {
    onTest = measure(measureJob(region, predictPart(pipeline, test, positive)));
  } catch (error) {
    // A helper counts in the table's memory, which is another file's once the refusal is told.
    await measuring.settle().catch(() => undefined);
    throw error;
  }
  const onTrain = (await measuring.settle()) ?? measure(trainJob);
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
 * Splits a table, fits the pipeline on the training rows and measures it on both parts: the original's whole computation
 * as one plain function. The table is used up by it.
 * @param helpers ports of threads that help, each of which they `attend` to
 * @throws DataError or FieldError where the table or a field does not allow it
 */
export async function fitTable(
  { table, parseMs }: ReadTable,
  spec: FitSpec,
  helpers: readonly MessagePort[] = [],
): Promise<Fitted> {
  const team = new Team(table.memory, helpers);
  const errands = new Errands(helpers);
  try {
    const startedAt = performance.now();
    const prepared = await prepare(table, spec, team, errands);
    const preparedAt = performance.now();
    const { fitMs, evaluateMs, warnings, ...fitted } = await fitPrepared(prepared, spec, errands);
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
