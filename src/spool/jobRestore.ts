import { join } from 'node:path';
import { toData } from '../errors.ts';
import type { JobEnd, Ticket } from '../jobs/jobStore.ts';
import { END, FILE_NAMES, type JobEntry, type JobFiles, STARTS, TICKET } from './jobFiles.ts';
import { damaged, decodeEnd, decodeTicket, whyUnreadable } from './jobPapers.ts';
import { parseJobName } from './layout.ts';

type Name = Pick<JobEntry, 'id' | 'acceptedAtMs'>;

/**
 * Reads the jobs that an earlier process left, wherever that process ended. Half-written folders are removed, and the
 * files of ended jobs as well. A job that cannot be read becomes a failed job, and its files stay for a person to look at.
 */
export async function restoreJobs(at: JobFiles, clock: () => number): Promise<Map<string, JobEntry>> {
  const { files, root, jobs, incoming } = at;
  for (const folder of [jobs, incoming]) await files.makeFolder(folder);
  await files.syncFolder(root);
  for await (const name of files.names(incoming)) await files.removeAll(join(incoming, name));
  const entries = new Map<string, JobEntry>();
  for (const name of await jobNames(at)) {
    const entry = await restoreJob(at, name, clock);
    if (entry === undefined) continue;
    // The older job of two was refused, and the disk did not remove it. The newer one was accepted.
    const older = entries.get(entry.id);
    if (older) await at.remove(older);
    entries.set(entry.id, entry);
  }
  // A kill may have come between a rename and its fsync. From now on, trainpost relies on these names.
  await files.syncFolder(jobs);
  return entries;
}

async function jobNames({ files, jobs }: JobFiles): Promise<Name[]> {
  const found: string[] = [];
  for await (const name of files.names(jobs)) found.push(name);
  return found.sort().flatMap((name) => parseJobName(name) ?? []);
}

async function restoreJob(at: JobFiles, name: Name, clock: () => number): Promise<JobEntry | undefined> {
  const { files } = at;
  const text = await files.read(at.pathOf(name, TICKET));
  if (text === undefined) {
    await files.removeAll(at.folderOf(name));
    return undefined;
  }
  const bytes = await sizes(at, name);
  const starts = (await files.size(at.pathOf(name, STARTS))) ?? 0;
  let ticket = noTicket(name);
  try {
    const paper = decodeTicket(text, name.id);
    ticket = paper.ticket;
    const end = await readEnd(at, name);
    if (end === undefined) checkSizes(paper.bytes, bytes);
    const entry = entryOf(name, { ticket, bytes, starts, ...(end && { end }) });
    if (end !== undefined) await clearFiles(at, entry);
    return entry;
  } catch (error) {
    return await setAside(at, entryOf(name, { ticket, bytes, starts }), error, clock);
  }
}

/** Makes a failed job of a job that cannot be read. @throws the error, if it does not say that the job is unreadable */
async function setAside(
  at: JobFiles,
  entry: JobEntry,
  error: unknown,
  clock: () => number,
): Promise<JobEntry> {
  const unreadable = whyUnreadable(error);
  if (unreadable === undefined) throw error;
  const problem = toData(error as Parameters<typeof toData>[0]);
  const fresh: JobEnd = { state: 'failed', atMs: clock(), problem };
  if (unreadable === 'of other version') return { ...entry, unreadable, end: fresh };
  const earlier = await readEnd(at, entry).catch(() => undefined);
  // The end says when the job can be cleared. If the disk does not take it, the next start tries again.
  if (earlier === undefined) await at.putEnd(entry, fresh).catch(() => undefined);
  return { ...entry, unreadable, end: earlier ?? fresh };
}

async function readEnd(at: JobFiles, job: Name): Promise<JobEnd | undefined> {
  const text = await at.files.read(at.pathOf(job, END));
  return text && decodeEnd(text);
}

/** The lengths of the files that are there. */
async function sizes(at: JobFiles, job: Name): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const name of FILE_NAMES) {
    const bytes = await at.files.size(at.pathOf(job, name));
    if (bytes !== undefined) found[name] = bytes;
  }
  return found;
}

/** @throws StorageError `job_damaged` if a file is not there, or has another length */
function checkSizes(expected: JobEntry['bytes'], found: JobEntry['bytes']): void {
  for (const [name, bytes] of Object.entries(expected)) {
    if (found[name] !== bytes) throw damaged(`its file ${name} has ${found[name] ?? 0} of ${bytes} bytes`);
  }
}

/** Removes the files of an ended job that a crash left. The name of the end must be on the disk before. */
async function clearFiles(at: JobFiles, entry: JobEntry): Promise<void> {
  if (Object.keys(entry.bytes).length === 0) return;
  await at.files.syncFolder(at.folderOf(entry));
  await at.removeFiles(entry);
}

function entryOf(name: Name, facts: Pick<JobEntry, 'ticket' | 'bytes' | 'starts' | 'end'>): JobEntry {
  return { ...name, ...facts, turn: Promise.resolve() };
}

/** Stands for a ticket that cannot be read. */
function noTicket({ acceptedAtMs }: Name): Ticket {
  return { kind: 'train', body: {}, fileNames: {}, receivedAtMs: acceptedAtMs, uploadMs: 0 };
}
