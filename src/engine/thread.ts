import { createReadStream } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { type ReadOptions, TableReading } from '../data/readTable.ts';
import type { DryRun } from '../result.ts';
import { dryRunReport } from './dryRun.ts';
import { dryRunInput, knownRoles } from './dryRunInput.ts';
import { attend } from './errands.ts';
import { type FitSpec, type Fitted, fitTable } from './fit.ts';
import { readAgain } from './readAgain.ts';
import type { ReadTable } from './reading.ts';
import { warmUp } from './warmUp.ts';
import { type Reply, replyWith } from './wire.ts';

/** What the pools send a thread. */
export type Task = ReadTask | ForgetTask | HelpTask | FitTask | ProfileTask | { readonly kind: 'warm-up' };

/** The next bytes of a file. With the first ones comes the memory that its table is to lie in. */
export interface ReadTask {
  readonly kind: 'read';
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
  readonly options: ReadOptions;
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
  readonly read: ReadTable;
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

/** A thread's entry. */
export default async function run(task: Task): Promise<Reply<ReadTable | Fitted | DryRun | undefined>> {
  switch (task.kind) {
    case 'read':
      return await replyWith(() => readOn(task));
    case 'forget':
      readings.delete(task.id);
      break;
    case 'help':
      attend(task.port);
      break;
    case 'fit':
      return await replyWith(() => fit(task));
    case 'profile':
      return await replyWith(() => dryRun(task));
    case 'warm-up':
      await warmUp();
      break;
  }
  return { ok: true, value: undefined };
}

/** A file that is being read, and the milliseconds it took so far. */
interface Begun {
  readonly reading: TableReading;
  parseMs: number;
}

const readings = new Map<number, Begun>();

function readOn({ id, bytes, isLast, options }: ReadTask): ReadTable | undefined {
  const startedAt = performance.now();
  if (options.memory !== undefined) readings.set(id, { reading: new TableReading(options), parseMs: 0 });
  const begun = readings.get(id);
  if (begun === undefined) throw new Error('The thread that read this file has ended.');
  try {
    begun.reading.push(bytes);
    const table = isLast ? begun.reading.end() : undefined;
    begun.parseMs += performance.now() - startedAt;
    if (table === undefined) return undefined;
    readings.delete(id);
    return { table, parseMs: begun.parseMs };
  } catch (error) {
    readings.delete(id);
    throw error;
  }
}

async function fit({ read, path, spec, options, ports }: FitTask): Promise<Fitted> {
  try {
    return await fitTable(await readAgain(read, spec, fileOf(path), options, ports), spec, ports);
  } finally {
    for (const port of ports) port.close();
  }
}

async function dryRun({ read, path, spec, options }: ProfileTask): Promise<DryRun> {
  const roles = knownRoles(read.table, spec);
  const { table, parseMs } = roles ? await readAgain(read, roles, fileOf(path), options) : read;
  const startedAt = performance.now();
  const report = await dryRunReport(dryRunInput(table, spec));
  return { ...report, timingMs: { parse: parseMs, profile: performance.now() - startedAt } };
}

/** The file as it is read once more. */
function fileOf(path: string) {
  return () => createReadStream(path, { highWaterMark: FILE_PIECE_BYTES });
}
