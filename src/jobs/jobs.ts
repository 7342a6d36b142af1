import { randomUUID } from 'node:crypto';
import { FieldError } from '../errors.ts';
import type { TrainingRooms } from '../training/train.ts';
import type { DeliveryView, Kept } from '../values/delivery.ts';
import type { LoggedRun } from '../values/run.ts';
import { Backlog, type BacklogOptions } from './backlog.ts';
import { JobBoard } from './board.ts';
import { Job, type JobKind, type JobView, type Work } from './job.ts';
import type { StoredJob } from './jobStore.ts';
import { KeysUnderWay, requireSame } from './keys.ts';
import { Registry } from './registry.ts';
import { within } from './within.ts';

/** A training or an evaluation that a client asks for. */
export interface Submission<Done extends Work> {
  /** Does the work; what is kept with it must include the key. */
  readonly work: (key: Pick<Kept, 'key'>, job: Job) => Promise<Done>;
  readonly kind: JobKind;
  /** Aborts when the client disconnects. Without a key, the work is then cancelled if it is not accepted yet. */
  readonly gone?: AbortSignal;
  /** Under this key the client may ask for the same work again. */
  readonly key?: Required<Kept>['key'];
}

/** How long a client waits for work, and what happens after that time. */
export interface Patience {
  readonly waitMs: number;
  /** What another process needs to do the work, if this process ends after the client has its response. */
  readonly posted: Pick<StoredJob, 'ticket' | 'files'>;
}

/** Work that has begun. */
interface Begun<Done extends Work> {
  readonly job: Job;
  readonly submitted: Promise<Submitted<Done>>;
  /** From now on the work goes on without its client. */
  readonly stay: () => void;
}

interface JobRooms extends Pick<TrainingRooms, 'deliveries' | 'underWay'> {
  /** The kind of the job whose run a delivery brings to MLflow. */
  readonly kindOf: (delivery: DeliveryView) => JobKind;
  readonly backlog: Pick<BacklogOptions, 'store' | 'workers' | 'atOnce' | 'report'>;
}

/** A job whose client comes back later: a new one, or one that was found again by its key. */
export interface Taken {
  readonly id: string;
  /** Whether an earlier request with the same key started the job. */
  readonly isReplayed: boolean;
}

/** A training or an evaluation from its submission to its end in MLflow. */
export interface Submitted<Done extends Work = Work> {
  /** Whether an earlier request with the same key started the work. */
  readonly isReplayed: boolean;
  /** The outcome of the work; undefined if an earlier request started it. */
  readonly done: Done | undefined;
  /** The state of the delivery when the work was accepted, or found again. */
  readonly view: DeliveryView;
  /** Resolves when MLflow has the whole run; undefined if the delivery has ended already. */
  readonly logged: Promise<LoggedRun> | undefined;
}

/** Trainings and evaluations that clients submit, and then wait for as long as they like. */
export class Jobs {
  readonly keys = new KeysUnderWay();
  readonly board: JobBoard;
  readonly #registry = new Registry();
  readonly #rooms: JobRooms;
  readonly #backlog: Backlog;

  constructor(rooms: JobRooms) {
    this.#rooms = rooms;
    this.#backlog = new Backlog({
      ...rooms.backlog,
      registry: this.#registry,
      underWay: rooms.underWay,
      isAccepted: async (id) => (await rooms.deliveries.find(id)) !== undefined,
    });
    const { deliveries, kindOf } = rooms;
    const { store } = rooms.backlog;
    this.board = new JobBoard({
      registry: this.#registry,
      store,
      backlog: this.#backlog,
      deliveries,
      kindOf,
    });
  }

  /** Begins the jobs that an earlier process left. */
  start(): Promise<void> {
    return this.#backlog.start();
  }

  /**
   * Takes a job that this process or the next one does. The job survives any crash once the promise resolves.
   * @throws FieldError `idempotency_key_reused`
   * @throws UnavailableError `jobs_full`, StorageError
   */
  async keep({ ticket, files }: Pick<StoredJob, 'ticket' | 'files'>): Promise<Taken> {
    const known = ticket.key && (await this.#knownBy(ticket.key));
    if (known !== undefined) return { id: known, isReplayed: true };
    const stored = await this.#rooms.backlog.store.keep({ id: randomUUID(), ticket, files });
    this.#backlog.add(stored);
    return { id: stored.id, isReplayed: false };
  }

  /** Waits for a job that was taken, at most `waitMs` milliseconds, as `settled` does. */
  async awaited(id: string, waitMs: number, gone: AbortSignal): Promise<JobView | undefined> {
    const endsAtMs = performance.now() + waitMs;
    const enough = [gone, this.#rooms.underWay.hurried];
    const job = this.#registry.get(id);
    if (job !== undefined) await within(job.over, waitMs, enough);
    const logged = this.#rooms.deliveries.logged(id);
    const leftMs = Math.max(0, endsAtMs - performance.now());
    // A rejection is in the record too.
    if (logged !== undefined)
      await within(
        logged.catch(() => undefined),
        leftMs,
        enough,
      );
    return await this.board.find(id);
  }

  /**
   * Does the work, and resolves once it is accepted. If the key was used before, the earlier work is returned.
   * @throws FieldError `idempotency_key_reused` if the key was used for something else
   * @throws the errors of the work
   */
  async submit<Done extends Work>(submission: Submission<Done>): Promise<Submitted<Done>> {
    // A job with this key that is done later. If it fails, the work is done anew.
    await this.#underWayWith(submission.key)?.over;
    return (await this.#replayed(submission.key)) ?? (await this.#begin(submission).submitted);
  }

  /**
   * Does the work as `submit` does. If the work takes longer than the client waits, returns the job, and goes on. The job then lies
   * on disk, so that the next process does the work if this one ends. If the disk does not take the job, the client waits on.
   */
  async submitWithin<Done extends Work>(
    submission: Submission<Done>,
    { waitMs, posted }: Patience,
  ): Promise<Submitted<Done> | Taken> {
    const { key } = submission;
    const endsAtMs = performance.now() + waitMs;
    const enough = [this.#rooms.underWay.hurried];
    const earlier = this.#underWayWith(key);
    if (earlier !== undefined) {
      const isOver = await within(
        earlier.over.then(() => true),
        waitMs,
        enough,
      );
      if (isOver === undefined) return { id: earlier.id, isReplayed: true };
    }
    const replayed = await this.#replayed(key);
    if (replayed !== undefined) return replayed;
    const { job, submitted, stay } = this.#begin(submission);
    // Its error is thrown when it is awaited, or shown with the job.
    submitted.catch(() => undefined);
    const inTime = await within(submitted, Math.max(1, endsAtMs - performance.now()), enough);
    if (inTime !== undefined) return inTime;
    if (!(await this.#backlog.keep(job, posted))) return await submitted;
    stay();
    void this.#rooms.underWay.track(submitted).catch(() => undefined);
    return { id: job.id, isReplayed: false };
  }

  /** Does work without a run that a client can follow and cancel. @throws the errors of the work */
  async follow<Done>(kind: JobKind, work: (job: Job) => Promise<Done>): Promise<Done> {
    const job = new Job(kind);
    this.#registry.add(job);
    try {
      const done = await work(job);
      job.done();
      return done;
    } catch (error) {
      job.failed(error);
      throw error;
    }
  }

  /**
   * Cancels a job, and resolves once it has stopped. A job that was cancelled before stays cancelled.
   * @returns undefined if there is no such job
   * @throws FieldError `job_accepted` if its run is accepted for MLflow, `job_ended` if it has ended
   */
  async cancel(id: string): Promise<JobView | undefined> {
    const job = this.#registry.get(id);
    const state = job?.view().state;
    if (job !== undefined && state !== 'logging' && !job.isEnded) {
      job.watch.cancel();
      await job.over;
    }
    const view = await this.board.find(id);
    if (view === undefined || view.state === 'cancelled') return view;
    throw view.state === 'logging' ? isAccepted(id) : hasEnded(view);
  }

  /**
   * Waits for MLflow, at most `waitMs` milliseconds, or until the client disconnects or the service shuts down. The outcome
   * is read from the record, even a rejection, so that every response for a training is the same. The state of a pending
   * delivery has the reason why the last try failed.
   */
  async settled({ view, logged }: Submitted, waitMs: number, gone: AbortSignal): Promise<DeliveryView> {
    const enough = [gone, this.#rooms.underWay.hurried];
    const ended = logged?.then(
      () => true,
      () => true,
    );
    if (ended === undefined) return view;
    const isOver = (await within(ended, waitMs, enough)) !== undefined;
    // Nobody has tried the delivery yet, or nobody waits for the reason why it is pending.
    if (!isOver && (waitMs === 0 || enough.some(({ aborted }) => aborted))) return view;
    const found = await this.#rooms.deliveries.find(view.id);
    if (found === undefined) throw new Error(`the delivery ${view.id} is gone`);
    return found;
  }

  /** The job that a key was used for and that is under way. @throws FieldError `idempotency_key_reused` */
  #underWayWith(key: Kept['key']): Job | undefined {
    const job = key && this.#registry.byKey(key.digest);
    if (job !== undefined) requireSame(key, job.key);
    return job;
  }

  /** The id of the job that a key was used for. @throws FieldError `idempotency_key_reused` */
  async #knownBy(key: Required<Kept>['key']): Promise<string | undefined> {
    const known = this.#underWayWith(key) ?? (await this.#rooms.deliveries.findByKey(key.digest));
    requireSame(key, known?.key);
    return known?.id;
  }

  /** The accepted work that a key was used for. @throws FieldError `idempotency_key_reused` */
  async #replayed(key: Kept['key']): Promise<Submitted<never> | undefined> {
    const view = key && (await this.#rooms.deliveries.findByKey(key.digest));
    if (view === undefined) return undefined;
    requireSame(key, view.key);
    return { isReplayed: true, done: undefined, view, logged: this.#rooms.deliveries.logged(view.id) };
  }

  /** Begins the work of a job, which others can follow meanwhile. */
  #begin<Done extends Work>({ work, kind, key, gone }: Submission<Done>): Begun<Done> {
    const job = new Job(kind, { ...(key && { key }) });
    this.#registry.add(job);
    const leave = () => {
      if (job.view().state !== 'logging') job.watch.cancel();
    };
    const stay = () => gone?.removeEventListener('abort', leave);
    if (key === undefined) {
      if (gone?.aborted === true) leave();
      gone?.addEventListener('abort', leave);
    }
    return { job, submitted: this.#doing(job, work).finally(stay), stay };
  }

  async #doing<Done extends Work>(job: Job, work: Submission<Done>['work']): Promise<Submitted<Done>> {
    const { key } = job;
    try {
      const done = await work({ ...(key && { key }) }, job);
      await this.#backlog.accepted(job, done);
      const { run, kept, accepted } = done;
      const { id, logged } = accepted;
      const { experimentName, runName } = run;
      const asAccepted = { id, state: 'pending', acceptedAtMs: Date.now(), attempts: 0 } as const;
      return { isReplayed: false, done, view: { ...asAccepted, experimentName, runName, ...kept }, logged };
    } catch (error) {
      await this.#backlog.failed(job, error);
      throw error;
    }
  }
}

function isAccepted(id: string): FieldError {
  return new FieldError(
    'job_accepted',
    `The job ${id} has its result, and MLflow gets the run: delete the run in MLflow if you do not want it.`,
  );
}

function hasEnded({ id, state }: JobView): FieldError {
  return new FieldError('job_ended', `The job ${id} has ended, and is ${state}: there is nothing to cancel.`);
}
