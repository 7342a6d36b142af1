import type { Progress, Stage } from '../engine/watch.ts';
import { fromData } from '../errors.ts';
import type { DeliveryState, DeliveryView } from '../values/delivery.ts';
import type { ErrorData } from '../values/errorData.ts';
import type { JobKind, JobState, JobView } from './job.ts';
import type { StoredJob } from './jobStore.ts';

const STATE_OF_DELIVERY: Readonly<Record<DeliveryState, JobState>> = {
  pending: 'logging',
  delivered: 'done',
  dead: 'failed',
};

/** A job whose run is accepted, from the delivery of the run. */
export function viewOfDelivery(delivery: DeliveryView, kind: JobKind): JobView {
  const { id, acceptedAtMs, endedAtMs, state } = delivery;
  return {
    id,
    kind,
    state: STATE_OF_DELIVERY[state],
    progress: progressOf('logging'),
    acceptedAtMs,
    ...(endedAtMs !== undefined && { endedAtMs }),
    delivery,
  };
}

/** A job that an earlier process ended without a run. */
export function viewOfStored({ id, ticket, acceptedAtMs, end }: StoredJob): JobView {
  return {
    id,
    kind: ticket.kind,
    state: end?.state ?? 'queued',
    progress: progressOf('queued'),
    acceptedAtMs,
    ...(end && { endedAtMs: end.atMs }),
    ...(end?.problem && { error: end.problem }),
  };
}

/** The progress of work that no thread does. */
function progressOf(stage: Stage): Progress {
  return { stage, done: 0, total: 0, rows: 0, iterations: 0 };
}

/** The error that a view shows as data. A fault of trainpost has no class of its own. */
export function errorOf(data: ErrorData): Error {
  return data.name === undefined ? new Error(data.message) : fromData(data);
}
