import type { MessagePort } from 'node:worker_threads';
import { columnsToReadAsText, type Roles } from '../data/dataset.ts';
import { type ReadOptions, TableReading } from '../data/readTable.ts';
import { Team } from './blocks/team.ts';
import type { ReadTable } from './reading.ts';

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
  fileAgain: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadOptions,
  helpers: readonly MessagePort[] = [],
): Promise<ReadTable> {
  const textColumns = columnsToReadAsText(read.table, roles);
  if (textColumns.size === 0) return read;
  const startedAt = performance.now();
  const { memory, digest } = read.table;
  const team = helpers.length === 0 ? undefined : new Team(memory, helpers);
  try {
    const threads = team && { threads: team };
    const reading = new TableReading({ ...options, textColumns, memory, digest: false, ...threads });
    for await (const chunk of fileAgain()) reading.push(chunk);
    return {
      table: { ...reading.end(), digest },
      parseMs: read.parseMs + performance.now() - startedAt,
    };
  } finally {
    team?.close();
  }
}
