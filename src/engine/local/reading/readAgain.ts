import type { MessagePort } from 'node:worker_threads';
import { columnsToReadAsText, type Roles } from '../../../data/dataset.ts';
import { type ReadOptions, TableReading } from '../../../data/readTable.ts';
import type { Table } from '../../../data/table.ts';
import { testColumnsToReadAsText } from '../../../data/testFile.ts';
import { inTestFile } from '../../../errors.ts';
import type { SharedMemory } from '../../../kernels/module.ts';
import { Team } from '../blocks/team.ts';
import type { Both, ReadTable, Unread } from './types.ts';

const NONE: ReadonlySet<string> = new Set();

/** Opens the file's bytes once more. */
type FileAgain = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** A file that was read once, and that can be read again. */
export interface FileOnDisk {
  readonly read: ReadTable | Unread;
  readonly again: FileAgain;
}

/** How files are read again. */
interface Ways {
  readonly options: ReadOptions;
  /** Ports to threads that help: each of them serves `serveHelperTasks`. */
  readonly helpers?: readonly MessagePort[];
}

/**
 * The tables in the form that the roles need. A file is read again, over its table, if the thread that read it was lost, or if a
 * column looked like numbers at the beginning and turned out to be text, because then its texts are lost.
 * @param rolesFor the roles of the training file's columns; undefined if they are not known, and then any form will do
 * @throws FieldError if a field names a column that the training file does not have
 */
export async function readTables(
  { train, test }: Both<FileOnDisk>,
  rolesFor: (table: Table) => Roles | undefined,
  ways: Ways,
): Promise<Both<ReadTable>> {
  const whole = await readWhole(train, ways);
  const roles = rolesFor(whole.table);
  const textColumns = roles === undefined ? NONE : columnsToReadAsText(whole.table, roles);
  const read = await readAgain(whole, textColumns, train.again, ways);
  if (test === undefined) return { train: read };
  try {
    const testWhole = await readWhole(test, ways);
    const ofTest = roles === undefined ? NONE : testColumnsToReadAsText(read.table, roles, testWhole.table);
    return { train: read, test: await readAgain(testWhole, ofTest, test.again, ways) };
  } catch (error) {
    throw inTestFile(error);
  }
}

async function readWhole({ read, again }: FileOnDisk, ways: Ways): Promise<ReadTable> {
  return 'table' in read ? read : await readFile(again, ways, { memory: read.memory });
}

async function readAgain(
  read: ReadTable,
  textColumns: ReadonlySet<string>,
  fileAgain: FileAgain,
  ways: Ways,
): Promise<ReadTable> {
  if (textColumns.size === 0) return read;
  const { memory, digest } = read.table;
  const again = await readFile(fileAgain, ways, { textColumns, memory, digest: false });
  return { table: { ...again.table, digest }, parseMs: read.parseMs + again.parseMs };
}

async function readFile(
  fileAgain: FileAgain,
  { options, helpers = [] }: Ways,
  own: ReadOptions & { readonly memory: SharedMemory },
): Promise<ReadTable> {
  const startedAt = performance.now();
  const team = helpers.length === 0 ? undefined : new Team(own.memory, helpers);
  try {
    const reading = new TableReading({ ...options, ...own, ...(team && { threads: team }) });
    for await (const chunk of fileAgain()) reading.push(chunk);
    return { table: reading.end(), parseMs: performance.now() - startedAt };
  } finally {
    team?.close();
  }
}
