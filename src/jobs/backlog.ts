import { BusyError, CancelledError, StorageError, UnavailableError } from '../errors.ts';
import type { UnderWay } from '../training/underWay.ts';
import { errorData, Job, type Work } from './job.ts';
import type { JobStore, StoredJob } from './jobStore.ts';
import type { Registry } from './registry.ts';

/** Does a job that lies on disk. */
export type Worker = (stored: StoredJob, job: Job) => Promise<Work>;

export interface BacklogOptions {
  readonly store: JobStore;
  readonly registry: Registry;
  /** A worker for each kind of ticket. */
  readonly workers: Readonly<Record<StoredJob['ticket']['kind'], Worker>>;
  readonly underWay: UnderWay;
  /** Whether a record of a job's id is accepted: then the job is done. */
  readonly isAccepted: (id: string) => Promise<boolean>;
  /** Jobs that are done at once. */
  readonly atOnce: number;
  /** Hears of faults that no client hears of. */
  readonly report: (fault: unknown, id: string) => void;
}

/** A job that every process died of, so often in a row, is not begun again. */
const STARTS_MAX = 10;
/** Nobody waits for a job whose turn has come, so it may wait until there is room again. */
const PAUSE_MS = 1_000;
/** A job whose thread was lost is begun again so often: then the job itself may be the cause. */
const THREADS_LOST_MAX = 3;
/** Faults of a disk that a person can correct. Others are due to the job. */
const OF_DISK: ReadonlySet<string> = new Set(['disk_full', 'spool_write_failed']);

interface Entry {
  readonly stored: StoredJob;
  readonly job: Job;
  /** Whether this process has begun the job before. */
  hasBegun: boolean;
  threadsLost: number;
}

/**
 * Does the jobs that lie on disk, the oldest first. A job is removed from the disk once its run is accepted under the job's id.
 * A process that dies before leaves the job to its successor; one that dies in between leaves an accepted record, by
 * which the successor knows that the job is done.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  readonly #waiting: Entry[] = [];
  /** Jobs under way that were brought to the disk after they had begun; undefined for a job that the disk did not take. */
  readonly #kept = new Map<string, Promise<Entry | undefined>>();
  #running = 0;
  #pause: NodeJS.Timeout | undefined;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  /** Takes the jobs that an earlier process left. */
  async start(): Promise<void> {
    const { store, isAccepted } = this.#options;
    const left = store.all().filter(({ end }) => end === undefined);
    // A job that was begun often may be what the processes died of: the others come first.
    for (const stored of [...left].sort((a, b) => a.starts - b.starts)) {
      if (await isAccepted(stored.id)) await store.remove(stored.id);
      else this.add(stored);
    }
  }

  /** Puts a job into the queue. */
  add(stored: StoredJob): Job {
    const { id, acceptedAtMs, ticket } = stored;
    const job = new Job(ticket.kind, { id, acceptedAtMs, ...(ticket.key && { key: ticket.key }) });
    this.#options.registry.add(job);
    this.#waiting.push(this.#entryOf(stored, job));
    this.#next();
    return job;
  }

  /**
   * Brings a job to the disk that has begun already. From then on the job survives any crash.
   * @returns false if the disk does not take the job, or the job is over
   */
  async keep(job: Job, { ticket, files }: Pick<StoredJob, 'ticket' | 'files'>): Promise<boolean> {
    if (job.isAccepted || job.isEnded) return false;
    const { store, report } = this.#options;
    const entry = store.keep({ id: job.id, ticket, files }).then(
      (stored) => this.#entryOf(stored, job),
      (fault: unknown) => {
        report(fault, job.id);
        return undefined;
      },
    );
    this.#kept.set(job.id, entry);
    return (await entry) !== undefined;
  }

  /** Says that the run of a job is accepted, and removes the job from the disk. */
  async accepted(job: Job, { accepted }: Work): Promise<void> {
    const { id } = job;
    const { store, registry, report } = this.#options;
    job.accepted();
    const forget = () => registry.remove(id);
    accepted.logged.then(forget, forget);
    await this.#kept.get(id);
    this.#kept.delete(id);
    // If the removal fails, the next start finds the record, and removes the job.
    await store.remove(id).catch((fault: unknown) => report(fault, id));
  }

  /** Ends a job that failed. A job on disk waits for its turn instead, if its fault may be over in a moment. */
  async failed(job: Job, error: unknown): Promise<void> {
    const kept = this.#kept.get(job.id);
    // Before anything is awaited, so that `keep` sees the end.
    if (kept === undefined) return job.failed(error);
    this.#kept.delete(job.id);
    const entry = await kept;
    if (entry === undefined) job.failed(error);
    else await this.#failed(entry, error);
  }

  /** 1 for the job that begins next; undefined for a job that does not wait. */
  placeOf(id: string): number | undefined {
    const index = this.#waiting.findIndex(({ job }) => job.id === id);
    return index < 0 ? undefined : index + 1;
  }

  #next(): void {
    const { atOnce, underWay } = this.#options;
    while (this.#running < atOnce && this.#pause === undefined && !underWay.isClosed) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running++;
      const done = this.#do(next).finally(() => {
        this.#running--;
        this.#next();
      });
      void underWay.track(done);
    }
  }

  async #do(entry: Entry): Promise<void> {
    const { stored, job } = entry;
    const { store, workers } = this.#options;
    const { id, ticket, starts } = stored;
    try {
      if (starts >= STARTS_MAX) throw lost(starts);
      if (!entry.hasBegun) await store.begin(id);
      entry.hasBegun = true;
      await this.accepted(job, await workers[ticket.kind](stored, job));
    } catch (error) {
      await this.#failed(entry, error);
    }
  }

  #entryOf(stored: StoredJob, job: Job): Entry {
    // A cancelled job does not wait for its turn.
    job.watch.onCancel(() => this.#dropWaiting(job));
    return { stored, job, hasBegun: false, threadsLost: 0 };
  }

  async #failed(entry: Entry, error: unknown): Promise<void> {
    if (isPassing(error, entry) && !entry.job.watch.isCancelled) this.#putBack(entry);
    else await this.#fail(entry.job, error);
  }

  /** Lets the job wait for its turn once more. */
  #putBack(entry: Entry): void {
    entry.job.watch.enter('queued');
    this.#waiting.unshift(entry);
    this.#pause ??= setTimeout(() => {
      this.#pause = undefined;
      this.#next();
    }, PAUSE_MS).unref();
  }

  async #fail(job: Job, error: unknown): Promise<void> {
    const { store, report } = this.#options;
    const isCancelled = error instanceof CancelledError;
    const problem = isCancelled ? undefined : errorData(error);
    if (problem?.code === 'internal_error') report(error, job.id);
    const end = { state: isCancelled ? 'cancelled' : 'failed', atMs: Date.now() } as const;
    // Before anybody hears that the job has ended.
    await store
      .end(job.id, { ...end, ...(problem && { problem }) })
      .catch((fault: unknown) => report(fault, job.id));
    job.failed(error);
  }

  #dropWaiting(job: Job): void {
    const index = this.#waiting.findIndex((one) => one.job === job);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    void this.#options.underWay.track(this.#fail(job, new CancelledError('cancelled', 'Cancelled.')));
  }
}

/** Whether an error may be over in a moment. */
function isPassing(error: unknown, entry: Entry): boolean {
  if (error instanceof StorageError) return OF_DISK.has(error.code);
  if (error instanceof UnavailableError && error.code === 'thread_lost') {
    entry.threadsLost++;
    return entry.threadsLost < THREADS_LOST_MAX;
  }
  return error instanceof BusyError || error instanceof UnavailableError;
}

function lost(starts: number): StorageError {
  return new StorageError(
    'job_lost',
    `The service ended ${starts} times while it did this job, and does not begin it again: send a smaller file, or ask the operator for the log.`,
  );
}
