import { randomUUID } from 'node:crypto';
import { FieldError } from '../errors.ts';
import type { TrainingRooms } from '../training/train.ts';
import type { DeliveryView, Kept } from '../values/delivery.ts';
import type { LoggedRun } from '../values/run.ts';
import { Backlog, type BacklogOptions } from './backlog.ts';
import { Job, type JobKind, type JobView, type Work } from './job.ts';
import type { StoredJob } from './jobStore.ts';
import { viewOfDelivery, viewOfStored } from './jobViews.ts';
import { KeysUnderWay } from './keys.ts';
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

interface JobRooms extends Pick<TrainingRooms, 'deliveries' | 'underWay'> {
  /** The kind of the job whose run a delivery brings to MLflow. */
  readonly kindOf: (delivery: DeliveryView) => JobKind;
  readonly backlog: Pick<BacklogOptions, 'store' | 'workers' | 'atOnce' | 'report'>;
}

/** A job that was taken to be done later, or found again by its key. */
export interface Taken {
  readonly id: string;
  /** Whether an earlier request with the same key started the job. */
  readonly isReplayed: boolean;
}

/** Deliveries that the list of jobs shows, besides the jobs under way. */
const DELIVERED_STATES = ['pending', 'dead', 'delivered'] as const;

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
    return await this.find(id);
  }

  /**
   * Does the work, and resolves once it is accepted. If the key was used before, the earlier work is returned.
   * @throws FieldError `idempotency_key_reused` if the key was used for something else
   * @throws the errors of the work
   */
  async submit<Done extends Work>({ work, kind, key, gone }: Submission<Done>): Promise<Submitted<Done>> {
    // A job with this key that is done later. If it fails, the work is done anew.
    if (key !== undefined) await this.#registry.byKey(key.digest)?.over;
    const known = key && (await this.#rooms.deliveries.findByKey(key.digest));
    // A damaged record has lost its fingerprint. Its response reports the damage.
    if (known?.key && known.key.fingerprint !== key?.fingerprint) throw keyReused();
    if (known !== undefined) {
      const logged = this.#rooms.deliveries.logged(known.id);
      return { isReplayed: true, done: undefined, view: known, logged };
    }
    const done = await this.#doing(new Job(kind, { ...(key && { key }) }), work, gone);
    const { run, kept, accepted } = done;
    const { id, logged } = accepted;
    const { experimentName, runName } = run;
    const asAccepted = { id, state: 'pending', acceptedAtMs: Date.now(), attempts: 0 } as const;
    const view = { ...asAccepted, experimentName, runName, ...kept };
    return { isReplayed: false, done, view, logged };
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

  /** The job as this process sees it, without its delivery; undefined if no such job is under way here. */
  peek(id: string): JobView | undefined {
    return this.#registry.get(id)?.view(this.#backlog.placeOf(id));
  }

  /** @param id may be any text */
  async find(id: string): Promise<JobView | undefined> {
    const job = this.#registry.get(id);
    if (job !== undefined && !job.isAccepted) return this.peek(id);
    const { deliveries, backlog } = this.#rooms;
    const delivery = await deliveries.find(id);
    const stored = delivery === undefined ? backlog.store.find(id) : undefined;
    if (stored !== undefined) return viewOfStored(stored);
    return delivery && viewOfDelivery(delivery, job?.kind ?? this.#rooms.kindOf(delivery));
  }

  /** Lists the jobs, the newest first. */
  async list(): Promise<readonly JobView[]> {
    const { deliveries, kindOf, backlog } = this.#rooms;
    const lists = await Promise.all(DELIVERED_STATES.map((state) => deliveries.list(state)));
    const accepted = lists.flat().map((delivery) => viewOfDelivery(delivery, kindOf(delivery)));
    const known = new Set(accepted.map(({ id }) => id));
    const here = this.#registry.all().filter(({ id }) => !known.has(id));
    for (const { id } of here) known.add(id);
    const stored = backlog.store.all().filter(({ id }) => !known.has(id));
    const views = here.map(({ id }) => this.peek(id)!);
    return [...views, ...stored.map(viewOfStored), ...accepted].sort(
      (a, b) => b.acceptedAtMs - a.acceptedAtMs,
    );
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
    const view = await this.find(id);
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

  /** The id of the job that a key was used for. @throws FieldError `idempotency_key_reused` */
  async #knownBy({ digest, fingerprint }: Required<Kept>['key']): Promise<string | undefined> {
    const job = this.#registry.byKey(digest);
    const known = job ?? (await this.#rooms.deliveries.findByKey(digest));
    if (known?.key && known.key.fingerprint !== fingerprint) throw keyReused();
    return known?.id;
  }

  /** Does the work of a job, which others can follow meanwhile. */
  async #doing<Done extends Work>(
    job: Job,
    work: Submission<Done>['work'],
    gone: AbortSignal | undefined,
  ): Promise<Done> {
    const { key } = job;
    this.#registry.add(job);
    const leave = () => {
      if (job.view().state !== 'logging') job.watch.cancel();
    };
    if (key === undefined) {
      if (gone?.aborted === true) leave();
      gone?.addEventListener('abort', leave);
    }
    try {
      const done = await work({ ...(key && { key }) }, job);
      job.accepted();
      const forget = () => this.#registry.remove(job.id);
      done.accepted.logged.then(forget, forget);
      return done;
    } catch (error) {
      job.failed(error);
      throw error;
    } finally {
      gone?.removeEventListener('abort', leave);
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

function keyReused(): FieldError {
  return new FieldError(
    'idempotency_key_reused',
    'This Idempotency-Key was used with another file or other fields: use a new key for each request, and the same file and fields to repeat a request.',
    { field: 'Idempotency-Key' },
  );
}
