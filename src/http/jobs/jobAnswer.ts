import { TrackingRefusedError } from '../../errors.ts';
import type { JobKind, JobState, JobView } from '../../jobs/job.ts';
import { errorOf } from '../../jobs/jobViews.ts';
import type { DeliveryView } from '../../values/delivery.ts';
import { type EvaluateAnswer, evaluateAnswer } from '../evaluate/evaluateAnswer.ts';
import { relativeReference } from '../links.ts';
import { problemText, toHttp } from '../problem.ts';
import type { Problem } from '../problemType.ts';
import { type TrainAnswer, trainAnswer } from '../train/trainAnswer.ts';
import { shareOf } from './share.ts';

/** Where a client can follow a job. */
export interface JobLink {
  readonly id: string;
  /** Relative to the address of the request, as `events_url` is. */
  readonly url: string;
  readonly events_url: string;
}

/** A job as `GET /jobs/<id>` and each event shows it. */
export interface JobAnswer extends JobLink {
  readonly kind: JobKind;
  readonly state: JobState;
  readonly progress: {
    readonly stage: string;
    /** Steps of the stage that are done: fits, or bytes of a file that is read. */
    readonly done: number;
    /** 0 while it is not known. */
    readonly total: number;
    /** Rows of the tables; 0 until they are read. */
    readonly rows: number;
    /** Iterations of all fits. */
    readonly iterations: number;
    /** From 0 to 1, over all stages. */
    readonly share: number;
  };
  /** 1 for the job that begins next; null once a job has begun. */
  readonly place: number | null;
  /** ISO 8601, UTC. */
  readonly accepted_at: string;
  readonly ended_at: string | null;
  /** The answer of the route that took the job, once its run is accepted. */
  readonly answer?: TrainAnswer | EvaluateAnswer;
  /** Why the job failed. */
  readonly problem?: Problem;
}

/** @param path the path of the request */
export function jobAnswer(view: JobView, path: string): JobAnswer {
  const { id, kind, state, progress, place, acceptedAtMs, endedAtMs, delivery } = view;
  const problem = problemOf(view, path);
  return {
    ...jobLink(id, path),
    kind,
    state,
    progress: { ...progress, share: shareOf(view) },
    place: place ?? null,
    accepted_at: isoTime(acceptedAtMs),
    ended_at: endedAtMs === undefined ? null : isoTime(endedAtMs),
    // A damaged record has lost its answer.
    ...(delivery?.answer !== undefined && { answer: answerOf(delivery, kind, path) }),
    ...(problem && { problem }),
  };
}

export function jobLink(id: string, path: string): JobLink {
  const to = (place: string) => relativeReference(path, place);
  return { id, url: to(`jobs/${id}`), events_url: to(`jobs/${id}/events`) };
}

function answerOf(delivery: DeliveryView, kind: JobKind, path: string): TrainAnswer | EvaluateAnswer {
  return kind === 'evaluate' ? evaluateAnswer(delivery, path) : trainAnswer(delivery, path);
}

function problemOf({ state, error, delivery }: JobView, path: string): Problem | undefined {
  if (state !== 'failed') return undefined;
  const cause = error === undefined ? refusalOf(delivery) : errorOf(error);
  return JSON.parse(problemText(toHttp(cause), path)) as Problem;
}

/** The error of a run that MLflow rejected for good. */
function refusalOf(delivery: DeliveryView | undefined): TrackingRefusedError {
  const {
    code = 'mlflow_refused',
    message = 'MLflow refused the run.',
    details = {},
  } = delivery?.lastError ?? {};
  const ofDelivery = delivery === undefined ? {} : { deliveryId: delivery.id };
  return new TrackingRefusedError(code, message, { ...details, ...ofDelivery });
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
