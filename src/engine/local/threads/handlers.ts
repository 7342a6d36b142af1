import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { csvOptionsOf } from '../../../data/csvOptions.ts';
import { type ReadOptions, TableReading } from '../../../data/readTable.ts';
import type { Table } from '../../../data/table.ts';
import type { PredictedPiece } from '../../../values/filePrediction.ts';
import type { CsvSpec } from '../../../values/plan.ts';
import { Watch } from '../../watch.ts';
import { dryRunReport } from '../dryRun/dryRun.ts';
import { dryRunInput, knownRoles } from '../dryRun/dryRunInput.ts';
import { ThreadLostError } from '../errors.ts';
import { columnsOfModel, evaluateModel } from '../evaluate/evaluate.ts';
import { serveHelperTasks } from '../fit/helperTasks.ts';
import { runPlan } from '../fit/run.ts';
import { collectGarbage } from '../memory/garbage.ts';
import { FilePrediction } from '../predict/filePrediction.ts';
import { ParseClock } from '../reading/parseClock.ts';
import { type FileOnDisk, readTables, readTestTable } from '../reading/readAgain.ts';
import { rolesOf } from '../reading/roles.ts';
import type { Both } from '../reading/types.ts';
import type { Handlers, PredictPiece, ReadPiece, TaskFile } from './tasks.ts';
import { warmUp } from './warmUp.ts';

/** Larger chunks than the reader's own: it looks at each chunk by itself. */
const FILE_CHUNK_BYTES = 1 << 18;

/** A file that is being read, and the time that this took so far. */
interface OpenReading {
  readonly reading: TableReading;
  readonly clock: ParseClock;
}

const readings = new Map<number, OpenReading>();
const predictions = new Map<number, FilePrediction>();

/** What a thread does for each kind of task. */
export const HANDLERS: Handlers = {
  read: readPiece,
  forget: ({ id }) => {
    readings.delete(id);
    return undefined;
  },
  help: ({ port }) => {
    serveHelperTasks(port);
    return undefined;
  },
  predict: predictPiece,
  forgetPrediction: ({ id }) => {
    predictions.delete(id);
    return undefined;
  },
  run: async ({ files, plan, ports, limit, ...task }) => {
    const watch = new Watch(task.watch);
    try {
      const ways = { options: readOptions(task.options, plan, watch), helpers: ports };
      const tables = await readTables(onDisk(files, watch), () => rolesOf(plan), ways);
      return await runPlan(tables, plan, watch, ports, limit);
    } finally {
      for (const port of ports) port.close();
    }
  },
  inspect: async ({ files, plan, ...task }) => {
    const watch = new Watch(task.watch);
    const options = readOptions(task.options, plan, watch);
    const rolesFor = (table: Table) => knownRoles(table, rolesOf(plan));
    const { train, test } = await readTables(onDisk(files, watch), rolesFor, { options });
    watch.enter('preparing', train.table.columns.length);
    watch.foundRows(train.table.rows + (test?.table.rows ?? 0));
    const startedAt = performance.now();
    const report = await dryRunReport(dryRunInput({ train: train.table, test: test?.table }, plan), watch);
    const parse = train.parseMs + (test?.parseMs ?? 0);
    return { ...report, timingMs: { parse, profile: performance.now() - startedAt } };
  },
  evaluate: async ({ files, plan, ports, ...task }) => {
    const watch = new Watch(task.watch);
    try {
      const ways = { options: readOptions(task.options, plan, watch), helpers: ports };
      const read = await readTestTable(onDisk(files, watch).train, columnsOfModel(plan), ways);
      return evaluateModel(read, plan, watch, ports);
    } finally {
      for (const port of ports) port.close();
    }
  },
  warmUp: async ({ plan }) => {
    await warmUp(plan);
    return undefined;
  },
  collectGarbage: () => {
    collectGarbage();
    return undefined;
  },
};

/** Adds what the client says about the file, and looks at the watch before each piece. */
function readOptions(options: ReadOptions, { data }: { readonly data: CsvSpec }, watch: Watch): ReadOptions {
  const csv = csvOptionsOf(data);
  return { ...options, ...(csv && { csv }), onPiece: () => watch.throwIfCancelled() };
}

function readPiece({ id, bytes, isLast, options, parseTimeoutMs }: ReadPiece) {
  if (options.memory !== undefined) {
    const clock = new ParseClock(parseTimeoutMs);
    const reading = new TableReading({ ...options, onPiece: () => clock.check() });
    readings.set(id, { reading, clock });
  }
  const open = readings.get(id);
  // It was begun on a thread that has ended.
  if (open === undefined) throw new ThreadLostError();
  const { reading, clock } = open;
  clock.start();
  try {
    reading.push(bytes);
    const table = isLast ? reading.end() : undefined;
    const parseMs = clock.stop();
    if (table === undefined) return undefined;
    readings.delete(id);
    return { table, parseMs };
  } catch (error) {
    readings.delete(id);
    throw error;
  }
}

function predictPiece({ id, bytes, isLast, into, begin }: PredictPiece): PredictedPiece {
  if (begin !== undefined) predictions.set(id, new FilePrediction(begin.head, begin.spec, begin.limits));
  const prediction = predictions.get(id);
  // It was begun on a thread that has ended.
  if (prediction === undefined) throw new ThreadLostError();
  if (!isLast) return prediction.push(bytes, into);
  predictions.delete(id);
  return prediction.end(into);
}

/** The files, to be read once more if that is needed. */
function onDisk({ train, test }: Both<TaskFile>, watch: Watch): Both<FileOnDisk> {
  const of = ({ read, path }: TaskFile) => ({ read, again: () => bytesOf(path, watch) });
  return { train: of(train), test: test && of(test) };
}

/** The bytes of a file. They are the steps of the stage `reading`. @throws CancelledError between two chunks */
async function* bytesOf(path: string, watch: Watch): AsyncGenerator<Uint8Array> {
  const { size } = await stat(path);
  watch.enter('reading', size);
  for await (const chunk of createReadStream(path, { highWaterMark: FILE_CHUNK_BYTES })) {
    const bytes = chunk as Uint8Array;
    watch.advance(bytes.length);
    yield bytes;
  }
}
