import { randomUUID } from 'node:crypto';
import { type Progress, type Stage, Watch } from '../engine/watch.ts';
import { CancelledError, TrainpostError, toData } from '../errors.ts';
import type { Accepted, DeliveryView, Kept } from '../values/delivery.ts';
import type { ErrorData } from '../values/errorData.ts';
import type { EvaluatedRun, TrackedRun } from '../values/run.ts';

export type JobKind = 'train' | 'evaluate' | 'predict';

const STATES = ['queued', 'reading', 'fitting', 'logging', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof STATES)[number];
export const JOB_STATES: readonly string[] = STATES;

/** The stages of the engine, in the words of a client. */
const STATE_OF_STAGE: Readonly<Record<Stage, JobState>> = {
  queued: 'queued',
  reading: 'reading',
  preparing: 'fitting',
  fitting: 'fitting',
  evaluating: 'fitting',
  logging: 'logging',
};

/** Work that is done and accepted for MLflow. */
export interface Work {
  readonly run: Pick<TrackedRun | EvaluatedRun, 'experimentName' | 'runName'>;
  readonly kept: Kept;
  readonly accepted: Accepted;
}

/** A job as it is now. */
export interface JobView {
  readonly id: string;
  readonly kind: JobKind;
  readonly state: JobState;
  readonly progress: Progress;
  /** Jobs that begin before this one, and 1; undefined if the job has begun. */
  readonly place?: number;
  /** When the job was taken, in milliseconds since 1970. */
  readonly acceptedAtMs: number;
  readonly endedAtMs?: number;
  /** The delivery of the run, once the run is accepted. */
  readonly delivery?: DeliveryView;
  /** Why the job failed before it was accepted. */
  readonly error?: ErrorData;
}

interface End {
  readonly state: 'done' | 'failed' | 'cancelled';
  readonly atMs: number;
  readonly error?: ErrorData;
}

/** One job of this process, from its submission until its run is accepted, or it has failed. */
export class Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly acceptedAtMs: number;
  /** Digest and fingerprint of the Idempotency-Key. */
  readonly key: Kept['key'];
  readonly watch = new Watch();
  readonly #ended: Promise<void>;
  #resolve: () => void = () => undefined;
  #end: End | undefined;
  #isAccepted = false;

  constructor(kind: JobKind, options: { id?: string; acceptedAtMs?: number; key?: Kept['key'] } = {}) {
    const { id = randomUUID(), acceptedAtMs = Date.now(), key } = options;
    this.id = id;
    this.kind = kind;
    this.acceptedAtMs = acceptedAtMs;
    this.key = key;
    this.#ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Resolves once the run is accepted, or the job has ended without one. */
  get over(): Promise<void> {
    return this.#ended;
  }

  /** Whether a record in the spool stands for the job. */
  get isAccepted(): boolean {
    return this.#isAccepted;
  }

  get isEnded(): boolean {
    return this.#end !== undefined;
  }

  accepted(): void {
    this.#isAccepted = true;
    this.#resolve();
  }

  /** Says that the job is done and leaves no run. */
  done(): void {
    this.#finish({ state: 'done', atMs: Date.now() });
  }

  failed(cause: unknown): void {
    const state = cause instanceof CancelledError ? 'cancelled' : 'failed';
    this.#finish({ state, atMs: Date.now(), ...(state === 'failed' && { error: errorData(cause) }) });
  }

  view(place?: number): JobView {
    const progress = this.watch.progress();
    const { id, kind, acceptedAtMs } = this;
    const state = this.#end?.state ?? STATE_OF_STAGE[progress.stage];
    return {
      id,
      kind,
      state,
      progress,
      ...(place !== undefined && state === 'queued' && { place }),
      acceptedAtMs,
      ...(this.#end && { endedAtMs: this.#end.atMs }),
      ...(this.#end?.error && { error: this.#end.error }),
    };
  }

  #finish(end: End): void {
    this.#end ??= end;
    this.#resolve();
  }
}

/** A fault of trainpost shows no words of its own: they may name paths. */
export function errorData(cause: unknown): ErrorData {
  if (cause instanceof TrainpostError) return toData(cause);
  return { code: 'internal_error', message: 'The service failed: see its log.' };
}
