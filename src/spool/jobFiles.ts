import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { JobEnd, StoredJob, Ticket } from '../jobs/jobStore.ts';
import { closing, removeQuietly, writeAll } from '../system/plainFiles.mjs';
import { placeFile, writeNew } from './durable.ts';
import type { SpoolFiles } from './files.ts';
import { encodePaper } from './jobPapers.ts';
import { jobName } from './layout.ts';

/** Names that a job's files may have. */
export const FILE_NAMES: readonly string[] = ['train', 'test'];
/** A folder in `jobs` without this file is not a job. */
export const TICKET = 'ticket.json';
export const END = 'end.json';
/** A file whose length is the number of starts. */
export const STARTS = 'starts';

/** Codes of a disk that cannot give the file a second name: another disk, or a file system without such names. */
const NO_LINK = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** What memory holds of a job. */
export interface JobEntry {
  readonly id: string;
  readonly acceptedAtMs: number;
  readonly ticket: Ticket;
  /** Lengths of the files that are still there, in bytes. */
  bytes: Readonly<Record<string, number>>;
  starts: number;
  end?: JobEnd;
  /** Why the job cannot be read. Its files stay as they are until the job is removed. */
  readonly unreadable?: 'damaged' | 'of other version';
  /** Ends when the current work on the job ends. */
  turn: Promise<unknown>;
}

/** Writes, moves and removes the folders of the jobs. */
export class JobFiles {
  readonly files: SpoolFiles;
  readonly root: string;
  readonly jobs: string;
  /** Folders and files that are being written or removed. Each start clears the folder. */
  readonly incoming: string;

  constructor(files: SpoolFiles, root: string) {
    this.files = files;
    this.root = root;
    this.jobs = join(root, 'jobs');
    // Not the spool's folder: a trainpost without jobs removes files from that folder, and fails at a folder in it.
    this.incoming = join(root, 'incoming-jobs');
  }

  /** The lengths of files that are about to be taken. A file that is not there fails as it would at an open. */
  async lengths(paths: StoredJob['files']): Promise<Record<string, number>> {
    const lengths: Record<string, number> = {};
    for (const [name, path] of Object.entries(paths)) {
      const bytes = await this.files.size(path);
      if (bytes === undefined) throw Object.assign(new Error(`${path} is gone`), { code: 'ENOENT' });
      lengths[name] = bytes;
    }
    return lengths;
  }

  /** Writes the whole folder of a job beside the others. One rename then accepts the job. */
  async create(entry: JobEntry, from: StoredJob['files']): Promise<void> {
    const { files, jobs, incoming } = this;
    const temporary = join(incoming, randomUUID());
    const folder = this.folderOf(entry);
    try {
      await files.makeFolder(temporary);
      for (const [name, path] of Object.entries(from)) await this.#take(path, join(temporary, name));
      const modifiedAtMs = entry.acceptedAtMs;
      await writeNew(files, join(temporary, STARTS), { bytes: Buffer.alloc(0), modifiedAtMs });
      const { id, ticket, bytes } = entry;
      const paper = encodePaper({ id, ticket, bytes });
      await writeNew(files, join(temporary, TICKET), { bytes: paper, modifiedAtMs });
      await files.syncFolder(temporary);
      await files.rename(temporary, folder);
      await files.syncFolder(jobs);
      // The next start clears `incoming`. The old name must not be there, because the folder would lose its files.
      await files.syncFolder(incoming);
    } catch (error) {
      await removeQuietly(files, join(folder, TICKET));
      for (const path of [folder, temporary]) await files.removeAll(path).catch(() => undefined);
      throw error;
    }
  }

  /** Adds a byte to the file of starts, durably. A byte of a failed try is written again in its place. */
  async addStart(entry: JobEntry): Promise<void> {
    const file = await this.files.open(this.pathOf(entry, STARTS), 'existing');
    await closing(file, async () => {
      await writeAll(file, Buffer.from('.'), entry.starts);
      await file.sync();
    });
  }

  async putEnd(entry: JobEntry, end: JobEnd): Promise<void> {
    await placeFile(this.files, {
      incoming: this.incoming,
      path: this.pathOf(entry, END),
      bytes: encodePaper(end),
      modifiedAtMs: end.atMs,
    });
  }

  /** Removes the files of a job that has ended. Its end must be on the disk before. */
  async removeFiles(entry: JobEntry): Promise<void> {
    for (const name of Object.keys(entry.bytes)) await this.files.remove(this.pathOf(entry, name));
    entry.bytes = {};
  }

  /** Takes a job out of `jobs` with one rename, and then removes its folder. A crash leaves the whole job or nothing. */
  async remove(entry: JobEntry): Promise<void> {
    const { files, jobs, incoming } = this;
    const temporary = join(incoming, randomUUID());
    try {
      await files.rename(this.folderOf(entry), temporary);
    } catch (error) {
      // An earlier try moved the folder, or somebody removed it by hand.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    await files.syncFolder(jobs);
    // If the folder stays in `incoming`, the next start removes it.
    await files.removeAll(temporary).catch(() => undefined);
  }

  folderOf(entry: Pick<JobEntry, 'id' | 'acceptedAtMs'>): string {
    return join(this.jobs, jobName(entry));
  }

  pathOf(entry: Pick<JobEntry, 'id' | 'acceptedAtMs'>, name: string): string {
    return join(this.folderOf(entry), name);
  }

  /** Gives a file a second name, or copies the file if the disk cannot do that. Waits until the content is on the disk. */
  async #take(from: string, to: string): Promise<void> {
    try {
      await this.files.link(from, to);
    } catch (error) {
      if (!NO_LINK.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await this.files.copy(from, to);
    }
    const file = await this.files.open(to, 'existing');
    await closing(file, () => file.sync());
  }
}
