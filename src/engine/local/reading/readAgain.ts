import type { MessagePort } from 'node:worker_threads';
import type { FileReading } from '../../../data/fileReading.ts';
import { type ReadOptions, TableReading } from '../../../data/readTable.ts';
import { readingFor } from '../../../data/rereading.ts';
import type { Roles } from '../../../data/roles.ts';
import type { SharedMemory } from '../../../kernels/module.ts';
import { Team } from '../blocks/team.ts';
import type { ReadTable, Unread } from './types.ts';

/** Opens the file's bytes once more. */
type FileAgain = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Most readings of one file: the decimal sign and the columns may each need one more. */
const READINGS_MAX = 4;

/**
 * The table; reads it from the file if its thread was lost, or if the client says how the file is written: the fields
 * that say so may come behind the file.
 */
export async function readWhole(
  read: ReadTable | Unread,
  fileAgain: FileAgain,
  options: ReadOptions,
  helpers: readonly MessagePort[] = [],
): Promise<ReadTable> {
  if (!('table' in read)) return await readFile(fileAgain, { ...options, memory: read.memory }, helpers);
  return options.csv === undefined ? read : await readOver(read, fileAgain, options, helpers);
}

/**
 * The table in the form that the roles need, which is nearly always the table that was read. The first rows may not have
 * shown what a column is, or which sign its decimals have; then the file is read again, over the table.
 * @param helpers ports to threads that help: each of them serves `serveHelperTasks`
 * @throws FieldError if a field names a column that the file does not have
 */
export async function readAgain(
  read: ReadTable,
  roles: Roles,
  fileAgain: FileAgain,
  options: ReadOptions,
  helpers: readonly MessagePort[] = [],
): Promise<ReadTable> {
  let current = read;
  let reading: FileReading = {};
  for (let readings = 1; readings < READINGS_MAX; readings++) {
    const next = readingFor(current.table, roles, reading);
    if (next === undefined) break;
    reading = next;
    current = await readOver(current, fileAgain, { ...options, ...reading }, helpers);
  }
  return current;
}

/** Reads the file again, over its table. */
async function readOver(
  { table: { memory, digest }, parseMs }: ReadTable,
  fileAgain: FileAgain,
  options: ReadOptions,
  helpers: readonly MessagePort[],
): Promise<ReadTable> {
  const again = await readFile(fileAgain, { ...options, memory, digest: false }, helpers);
  return { table: { ...again.table, digest }, parseMs: parseMs + again.parseMs };
}

async function readFile(
  fileAgain: FileAgain,
  options: ReadOptions & { readonly memory: SharedMemory },
  helpers: readonly MessagePort[],
): Promise<ReadTable> {
  const startedAt = performance.now();
  const team = helpers.length === 0 ? undefined : new Team(options.memory, helpers);
  try {
    const reading = new TableReading({ ...options, ...(team && { threads: team }) });
    for await (const chunk of fileAgain()) reading.push(chunk);
    return { table: reading.end(), parseMs: performance.now() - startedAt };
  } finally {
    team?.close();
  }
}
