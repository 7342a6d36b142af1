import type { MessagePort } from 'node:worker_threads';
import { columnsToReadAsText, type Roles } from '../../../data/dataset.ts';
import { type ReadOptions, TableReading } from '../../../data/readTable.ts';
import type { SharedMemory } from '../../../kernels/module.ts';
import { Team } from '../blocks/team.ts';
import type { ReadTable, Unread } from './types.ts';

/** Opens the file's bytes once more. */
type FileAgain = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The table; reads it from the file if its thread was lost. */
export async function readWhole(
  read: ReadTable | Unread,
  fileAgain: FileAgain,
  options: ReadOptions,
  helpers: readonly MessagePort[] = [],
): Promise<ReadTable> {
  return 'table' in read ? read : await readFile(fileAgain, { ...options, memory: read.memory }, helpers);
}

/**
 * The table in the form that the roles need, which is nearly always the table that was read. A column may have looked like
 * numbers at the beginning and turned out to be text; then its texts are lost, and the file is read again, over the table.
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
  const textColumns = columnsToReadAsText(read.table, roles);
  if (textColumns.size === 0) return read;
  const { memory, digest } = read.table;
  const again = await readFile(fileAgain, { ...options, textColumns, memory, digest: false }, helpers);
  return { table: { ...again.table, digest }, parseMs: read.parseMs + again.parseMs };
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
