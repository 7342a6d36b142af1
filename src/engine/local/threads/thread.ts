import { createReadStream } from 'node:fs';
import { type MessagePort, workerData } from 'node:worker_threads';
import { type ReadOptions, TableReading } from '../../../data/readTable.ts';
import { MemoryBudget } from '../../../kernels/memoryBudget.ts';
import { useBudget } from '../../../kernels/module.ts';
import type { DryRun } from '../../../values/dryRun.ts';
import { dryRunReport } from '../dryRun/dryRun.ts';
import { dryRunInput, knownRoles } from '../dryRun/dryRunInput.ts';
import { ThreadLostError } from '../errors.ts';
import { type FitSpec, type Fitted, fitTable } from '../fit/fit.ts';
import { serveHelperTasks } from '../fit/helperTasks.ts';
import { ParseClock } from '../reading/parseClock.ts';
import { readAgain, readWhole } from '../reading/readAgain.ts';
import type { ReadTable, Unread } from '../reading/types.ts';
import { collectGarbage } from './garbage.ts';
import type { ThreadData } from './readerThread.ts';
import { type Reply, replyWith } from './reply.ts';
import { warmUp } from './warmUp.ts';

/** What the pools send a thread. */
export type Task = ReadTask | ForgetTask | HelpTask | FitTask | ProfileTask | BareTask;

/** `start` is answered as soon as the thread is there. */
interface BareTask {
  readonly kind: 'start' | 'warm-up' | 'collect';
}

/** The next bytes of a file. With the first ones comes the memory that its table is to lie in. */
export interface ReadTask {
  readonly kind: 'read';
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
  readonly options: ReadOptions;
  /** How long the file may be worked on. */
  readonly parseTimeoutMs?: number;
}

interface ForgetTask {
  readonly kind: 'forget';
  readonly id: number;
}

/** Help with the passes of a fit, for which the port asks until it is closed. */
interface HelpTask {
  readonly kind: 'help';
  readonly port: MessagePort;
}

/** Something to be found out from a table. */
interface TableTask {
  readonly read: ReadTable | Unread;
  /** The file, to be read once more where that is needed. */
  readonly path: string;
  readonly spec: FitSpec;
  readonly options: ReadOptions;
}

/** Say what a training would come to. */
interface ProfileTask extends TableTask {
  readonly kind: 'profile';
}

interface FitTask extends TableTask {
  readonly kind: 'fit';
  /** Threads that help. */
  readonly ports: readonly MessagePort[];
}

/** Larger pieces than a file is read in by itself: each of them is looked at on its own. */
const FILE_PIECE_BYTES = 1 << 18;

const { budget } = (workerData ?? {}) as Partial<ThreadData>;
if (budget !== undefined) useBudget(new MemoryBudget(budget));

/** A thread's entry. */
export default function run(task: Task): Promise<Reply<ReadTable | Fitted | DryRun | undefined>> {
  return replyWith(() => perform(task));
}

async function perform(task: Task): Promise<ReadTable | Fitted | DryRun | undefined> {
  switch (task.kind) {
    case 'read':
      return readOn(task);
    case 'forget':
      readings.delete(task.id);
      return undefined;
    case 'help':
      serveHelperTasks(task.port);
      return undefined;
    case 'fit':
      return await fit(task);
    case 'profile':
      return await dryRun(task);
    case 'warm-up':
      await warmUp();
      return undefined;
    case 'collect':
      collectGarbage();
      return undefined;
    case 'start':
      return undefined;
  }
}

/** A file that is being read, and how long that took so far. */
interface Begun {
  readonly reading: TableReading;
  readonly clock: ParseClock;
}

const readings = new Map<number, Begun>();

function readOn({ id, bytes, isLast, options, parseTimeoutMs }: ReadTask): ReadTable | undefined {
  if (options.memory !== undefined) readings.set(id, begin(options, parseTimeoutMs));
  const begun = readings.get(id);
  // It was begun on a thread that has ended.
  if (begun === undefined) throw new ThreadLostError();
  const { reading, clock } = begun;
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

function begin(options: ReadOptions, parseTimeoutMs: number | undefined): Begun {
  const clock = new ParseClock(parseTimeoutMs);
  return { reading: new TableReading({ ...options, onPiece: () => clock.check() }), clock };
}

async function fit({ read, path, spec, options, ports }: FitTask): Promise<Fitted> {
  try {
    const whole = await readWhole(read, fileOf(path), options, ports);
    return await fitTable(await readAgain(whole, spec, fileOf(path), options, ports), spec, ports);
  } finally {
    for (const port of ports) port.close();
  }
}

async function dryRun({ read, path, spec, options }: ProfileTask): Promise<DryRun> {
  const whole = await readWhole(read, fileOf(path), options);
  const roles = knownRoles(whole.table, spec);
  const { table, parseMs } = roles ? await readAgain(whole, roles, fileOf(path), options) : whole;
  const startedAt = performance.now();
  const report = await dryRunReport(dryRunInput(table, spec));
  return { ...report, timingMs: { parse: parseMs, profile: performance.now() - startedAt } };
}

/** The file as it is read once more. */
function fileOf(path: string) {
  return () => createReadStream(path, { highWaterMark: FILE_PIECE_BYTES });
}
