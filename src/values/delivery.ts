import type { ErrorData } from './errorData.ts';
import type { LoggedRun } from './run.ts';

/** `pending`: still to come; `dead`: MLflow refused it for good, or somebody deleted its run. */
export type DeliveryState = 'pending' | 'delivered' | 'dead';

/** What is kept with a training beside its run: what its caller is answered, and by what key the caller may ask again. */
export interface Kept {
  /** JSON. */
  readonly answer: unknown;
  readonly key?: {
    /** Of the key, in hex. */
    readonly digest: string;
    /** Of the request, to tell another one with the same key. */
    readonly fingerprint: string;
  };
}

/** Where a training stands on its way to MLflow. */
export interface DeliveryView extends Kept {
  readonly id: string;
  readonly state: DeliveryState;
  /** Milliseconds since 1970. */
  readonly acceptedAtMs: number;
  /** When it was FINISHED in MLflow, or refused there. */
  readonly endedAtMs?: number;
  readonly experimentName: string;
  readonly runName: string;
  /** Tries so far; of a pending one, those of this process. */
  readonly attempts: number;
  /** Why the last try failed. */
  readonly lastError?: ErrorData;
  /** Where it is found, once it is delivered. */
  readonly logged?: LoggedRun;
}

/**
 * A training that will be in MLflow, whatever happens to this process. It is the one value here that lives in this
 * process alone.
 */
export interface Accepted {
  readonly id: string;
  /** Resolves when the run is FINISHED in MLflow. @throws TrackingRefusedError once it is a dead letter */
  readonly logged: Promise<LoggedRun>;
}
