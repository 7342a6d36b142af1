import type { JobEnd, JobStore, StoredJob } from '../jobs/jobStore.ts';
import { opening } from './durable.ts';
import { realFiles, type SpoolFiles } from './files.ts';
import { FILE_NAMES, type JobEntry, JobFiles } from './jobFiles.ts';
import { restoreJobs } from './jobRestore.ts';
import { isId } from './layout.ts';
import { OF_JOBS, Room } from './room.ts';
import { Writes } from './writes.ts';

interface JobFoldersOptions {
  /** The folder of a spool that is open already: the spool's claim keeps other processes away. */
  readonly dir: string;
  /** The most jobs that have not ended. */
  readonly jobsMax: number;
  /** The most bytes that the files of all jobs take. */
  readonly bytesMax: number;
  /** Share of the disk that stays free, from 0 to 1. */
  readonly diskFreeMin: number;
  /** How long ended jobs stay. */
  readonly keptMs: number;
  /** Throws if another process has taken the folder over. It is called before each write. */
  readonly checkClaim?: () => Promise<void>;
  /** The file operations; a test replaces them. */
  readonly files?: SpoolFiles;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

/**
 * Keeps jobs on disk until they are done. One job is one folder, and one rename of the folder accepts the job. Once `keep`
 * has resolved, the job and its files survive any crash.
 */
export class JobFolders implements JobStore {
  readonly #keptMs: number;
  readonly #clock: () => number;
  readonly #files: JobFiles;
  readonly #room: Room;
  readonly #writes: Writes;
  /** Ids of jobs whose folders are being written. */
  readonly #beingKept = new Set<string>();
  #entries = new Map<string, JobEntry>();
  #lastAcceptedAtMs = 0;

  private constructor(options: JobFoldersOptions) {
    const { dir, files = realFiles, clock = Date.now, checkClaim = async () => {} } = options;
    const { jobsMax, bytesMax, diskFreeMin, keptMs } = options;
    this.#keptMs = keptMs;
    this.#clock = clock;
    this.#files = new JobFiles(files, dir);
    this.#room = new Room(
      { recordsMax: jobsMax, bytesMax, diskFreeMin },
      files,
      dir,
      () => this.#totals(),
      OF_JOBS,
    );
    this.#writes = new Writes(checkClaim);
  }

  /**
   * Reads the jobs that an earlier process left. Open the spool of the folder first, and close it last.
   * @throws ConfigError `spool_dir` if the folder cannot be read or written
   */
  static async open(options: JobFoldersOptions): Promise<JobFolders> {
    const folders = new JobFolders(options);
    await opening(options.dir, () => folders.#restore());
    return folders;
  }

  /**
   * Takes a job: its folder gets second names of the files, or copies if the disk has no second names.
   * @throws UnavailableError `jobs_full`, `spool_disk_low`, `spool_closed`, `spool_lost`; StorageError `job_too_large`, `disk_full`,
   * `spool_write_failed`
   */
  async keep({ id, ticket, files }: Pick<StoredJob, 'id' | 'ticket' | 'files'>): Promise<StoredJob> {
    if (!isId(id)) throw new TypeError(`${id} is not a UUID in lower case.`);
    if (this.#entries.has(id) || this.#beingKept.has(id))
      throw new TypeError(`There is already a job ${id}.`);
    const unknown = Object.keys(files).find((name) => !FILE_NAMES.includes(name));
    if (unknown !== undefined) throw new TypeError(`${unknown} is not a name of a job's file.`);
    this.#beingKept.add(id);
    try {
      return await this.#writes.run(() => this.#keep({ id, ticket, files }));
    } finally {
      this.#beingKept.delete(id);
    }
  }

  /** Counts one more start, durably. @throws TypeError if there is no such job, or it has ended */
  async begin(id: string): Promise<void> {
    const entry = this.#unended(id);
    await this.#writes.inTurn(entry, async () => {
      this.#unended(id);
      await this.#files.addStart(entry);
      entry.starts++;
    });
  }

  async end(id: string, end: JobEnd): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    await this.#writes.inTurn(entry, async () => {
      if (this.#entries.get(id) !== entry || entry.end !== undefined) return;
      await this.#files.putEnd(entry, end);
      entry.end = end;
      // The job has ended. If the disk does not remove the files now, `clearKept` and the next start try again.
      await this.#files.removeFiles(entry).catch(() => undefined);
    });
  }

  async remove(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    await this.#writes.inTurn(entry, async () => {
      if (this.#entries.get(id) !== entry) return;
      await this.#files.remove(entry);
      this.#entries.delete(id);
    });
  }

  find(id: string): StoredJob | undefined {
    const entry = this.#entries.get(id);
    return entry && this.#toJob(entry);
  }

  all(): readonly StoredJob[] {
    return [...this.#entries.values()]
      .sort((a, b) => a.acceptedAtMs - b.acceptedAtMs)
      .map((entry) => this.#toJob(entry));
  }

  /** Removes ended jobs whose time is over. A job that a later trainpost wrote stays. */
  async clearKept(): Promise<void> {
    const untilMs = this.#clock() - this.#keptMs;
    for (const entry of this.#entries.values()) {
      if (entry.end === undefined || entry.unreadable === 'of other version') continue;
      if (entry.end.atMs <= untilMs) await this.remove(entry.id);
      else if (entry.unreadable === undefined) {
        await this.#writes.inTurn(entry, () => this.#files.removeFiles(entry));
      }
    }
  }

  /** Refuses new work, and waits for the writes under way. */
  async close(): Promise<void> {
    await this.#writes.close();
  }

  async #keep({ id, ticket, files }: Pick<StoredJob, 'id' | 'ticket' | 'files'>): Promise<StoredJob> {
    const acceptedAtMs = Math.max(this.#clock(), this.#lastAcceptedAtMs + 1);
    this.#lastAcceptedAtMs = acceptedAtMs;
    const bytes = await this.#files.lengths(files);
    const entry: JobEntry = { id, acceptedAtMs, ticket, bytes, starts: 0, turn: Promise.resolve() };
    return await this.#room.reserving(sum(bytes), async () => {
      await this.#files.create(entry, files);
      this.#entries.set(id, entry);
      return this.#toJob(entry);
    });
  }

  async #restore(): Promise<void> {
    this.#entries = await restoreJobs(this.#files, this.#clock);
    for (const { acceptedAtMs } of this.#entries.values()) {
      this.#lastAcceptedAtMs = Math.max(this.#lastAcceptedAtMs, acceptedAtMs);
    }
  }

  #unended(id: string): JobEntry {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.end !== undefined)
      throw new TypeError(`There is no job ${id} to begin.`);
    return entry;
  }

  /** An ended job takes no place. Files that are still there take space. */
  #totals(): { records: number; bytes: number } {
    const entries = [...this.#entries.values()];
    return {
      records: entries.filter(({ end }) => end === undefined).length,
      bytes: entries.reduce((total, { bytes }) => total + sum(bytes), 0),
    };
  }

  #toJob(entry: JobEntry): StoredJob {
    const { id, acceptedAtMs, ticket, starts, end, bytes } = entry;
    const names = end === undefined ? Object.keys(bytes) : [];
    const files = Object.fromEntries(names.map((name) => [name, this.#files.pathOf(entry, name)]));
    return { id, acceptedAtMs, ticket, files, starts, ...(end && { end }) };
  }
}

function sum(bytes: JobEntry['bytes']): number {
  return Object.values(bytes).reduce((total, one) => total + one, 0);
}
