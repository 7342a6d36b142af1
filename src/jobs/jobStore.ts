import type { ErrorData } from '../values/errorData.ts';

/** What is needed to do a job later, perhaps by another process. Plain JSON. */
export interface Ticket {
  readonly kind: 'train' | 'evaluate';
  /** The form's texts, as they were posted. */
  readonly body: Readonly<Record<string, string | readonly string[]>>;
  /** Names of the files at the client, by the names of `StoredJob.files`. */
  readonly fileNames: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly receivedAtMs: number;
  /** Milliseconds that the upload took. */
  readonly uploadMs: number;
  readonly key?: { readonly digest: string; readonly fingerprint: string };
}

/** How a job ended that was not accepted for MLflow. */
export interface JobEnd {
  readonly state: 'failed' | 'cancelled';
  readonly atMs: number;
  /** Why it failed. */
  readonly problem?: ErrorData;
}

/** A job that lies on disk with its files until it is accepted for MLflow, and without them once it has failed. */
export interface StoredJob {
  /** A UUID in lower case; the record of its run gets the same id. */
  readonly id: string;
  readonly acceptedAtMs: number;
  readonly ticket: Ticket;
  /** Paths of the files by name: `train` and `test`. Empty once the job has ended. */
  readonly files: Readonly<Record<string, string>>;
  /** How often a process began the job. */
  readonly starts: number;
  readonly end?: JobEnd;
}

/** Keeps jobs with their files, even if this process dies. */
export interface JobStore {
  /**
   * Takes a job. The job and its files survive any crash once the promise resolves. The caller keeps its own names of the files.
   * @throws UnavailableError if there is no room, StorageError if the disk does not take the files
   */
  keep(job: Pick<StoredJob, 'id' | 'ticket' | 'files'>): Promise<StoredJob>;
  /** Counts one more start, durably. */
  begin(id: string): Promise<void>;
  /** Ends a job without a run: removes its files, and keeps why. Does nothing if there is no such job, or it has ended. */
  end(id: string, end: JobEnd): Promise<void>;
  /** Removes a job with its files, once a record with its id is accepted. Can be called again. */
  remove(id: string): Promise<void>;
  find(id: string): StoredJob | undefined;
  /** All jobs, the oldest first. */
  all(): readonly StoredJob[];
  /** Removes ended jobs whose time is over. */
  clearKept(): Promise<void>;
}
