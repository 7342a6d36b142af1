import type { MessagePort } from 'node:worker_threads';
import { columnsToReadAsText, type Roles } from '../../../data/dataset.ts';
import { type ReadOptions, TableReading } from '../../../data/readTable.ts';
import type { SharedMemory } from '../../../kernels/module.ts';
import { Team } from '../blocks/team.ts';
import type { ReadTable, Unread } from './types.ts';

/** Begins to give the file's bytes again. */
type FileAgain = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The table, read from the file where there is none. */
export async function readWhole(
  read: ReadTable | Unread,
  fileAgain: FileAgain,
  options: ReadOptions,
  helpers: readonly MessagePort[] = [],
): Promise<ReadTable> {
  return 'table' in read ? read : await readFile(fileAgain, { ...options, memory: read.memory }, helpers);
}

/**
 * The table as these roles want it. Nearly always it is the one that was read; but where a column looked like numbers
 * as the file began and turned out to be text, its texts are gone, and the file is read once more, over the table.
 * @param fileAgain begins to give the file's bytes again
 * @param helpers ports of threads that help, each of which they `attend` to
 * @throws FieldError where a field names a column that the file does not have
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
