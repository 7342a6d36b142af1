import type { MessagePort } from 'node:worker_threads';
import type { FileReading } from '../../../data/fileReading.ts';
import { columnsInTraining, type KnownColumns } from '../../../data/knownColumns.ts';
import { type ReadOptions, TableReading } from '../../../data/readTable.ts';
import { readingFor } from '../../../data/rereading.ts';
import type { Roles } from '../../../data/roles.ts';
import type { Table } from '../../../data/table.ts';
import { type TestReading, testReadingFor } from '../../../data/testReading.ts';
import { inTestFile } from '../../../errors.ts';
import type { SharedMemory } from '../../../kernels/module.ts';
import { Team } from '../blocks/team.ts';
import type { Both, ReadTable, Unread } from './types.ts';

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

/** Most readings of one file: the decimal sign and the columns may each need one more. */
const READINGS_MAX = 4;

/**
 * The tables in the form that the roles need, which is nearly always the form that was read. trainpost reads a file again,
 * over its table, if the thread that read it was lost, if the client says how the files are written, or if the first rows
 * did not show what a column is or which sign its decimals have.
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
  const read =
    roles === undefined
      ? whole
      : await readAgain<FileReading>(whole, train.again, ways, (table, before) =>
          readingFor(table, roles, before),
        );
  if (test === undefined) return { train: read };
  try {
    const testWhole = await readWhole(test, ways);
    if (roles === undefined) return { train: read, test: testWhole };
    const known = columnsInTraining(read.table, roles);
    return { train: read, test: await readAsKnown(testWhole, test.again, ways, known) };
  } catch (error) {
    throw inTestFile(error);
  }
}

/** The table of a test file that stands alone, in the form that the known columns need. */
export async function readTestTable(file: FileOnDisk, known: KnownColumns, ways: Ways): Promise<ReadTable> {
  try {
    return await readAsKnown(await readWhole(file, ways), file.again, ways, known);
  } catch (error) {
    throw inTestFile(error);
  }
}

function readAsKnown(read: ReadTable, again: FileAgain, ways: Ways, known: KnownColumns): Promise<ReadTable> {
  return readAgain<TestReading>(read, again, ways, (table, before) => testReadingFor(known, table, before));
}

/** The table; the fields that say how a file is written may come behind the file, so the file is read again for them. */
async function readWhole({ read, again }: FileOnDisk, ways: Ways): Promise<ReadTable> {
  if (!('table' in read)) return await readFile(again, ways, { memory: read.memory });
  return ways.options.csv === undefined ? read : await readOver(read, again, ways, {});
}

/** @param readingOf how a table must be read again; undefined if the table is right */
async function readAgain<Again extends ReadOptions>(
  read: ReadTable,
  fileAgain: FileAgain,
  ways: Ways,
  readingOf: (table: Table, before: Again | undefined) => Again | undefined,
): Promise<ReadTable> {
  let current = read;
  let reading: Again | undefined;
  for (let readings = 1; readings < READINGS_MAX; readings++) {
    const next = readingOf(current.table, reading);
    if (next === undefined) break;
    reading = next;
    current = await readOver(current, fileAgain, ways, reading);
  }
  return current;
}

/** Reads the file again, over its table. */
async function readOver(
  { table: { memory, digest }, parseMs }: ReadTable,
  fileAgain: FileAgain,
  ways: Ways,
  reading: ReadOptions,
): Promise<ReadTable> {
  const again = await readFile(fileAgain, ways, { ...reading, memory, digest: false });
  return { table: { ...again.table, digest }, parseMs: parseMs + again.parseMs };
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
