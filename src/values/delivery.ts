import type { ErrorData } from './errorData.ts';
import type { LoggedRun } from './run.ts';

/** `pending`: not delivered yet; `dead`: MLflow rejected it permanently, or somebody deleted its run. */
export type DeliveryState = 'pending' | 'delivered' | 'dead';

/** What is kept with a training in addition to its run: the response, and the key with which the client may repeat it. */
export interface Kept {
  /** JSON. */
  readonly answer: unknown;
  readonly key?: {
    /** Digest of the key, in hex. */
    readonly digest: string;
    /** Fingerprint of the request: it tells a repeated request from another request with the same key. */
    readonly fingerprint: string;
  };
}

/** The state of a training's delivery to MLflow. */
export interface DeliveryView extends Kept {
  readonly id: string;
  readonly state: DeliveryState;
  /** Milliseconds since 1970. */
  readonly acceptedAtMs: number;
  /** When MLflow had the run FINISHED, or rejected it. */
  readonly endedAtMs?: number;
  readonly experimentName: string;
  readonly runName: string;
  /** Attempts so far; for a pending delivery, the attempts of this process. */
  readonly attempts: number;
  /** Why the last attempt failed. */
  readonly lastError?: ErrorData;
  /** The run that MLflow made for a delivery that is dead. */
  readonly runId?: string;
  /** Where to find the run, once it is delivered. */
  readonly logged?: LoggedRun;
}

/**
 * A training that will reach MLflow even if this process crashes. It is the only value here that cannot leave this process.
 */
export interface Accepted {
  readonly id: string;
  /** Resolves when the run is FINISHED in MLflow. @throws TrackingRefusedError if it becomes a dead letter */
  readonly logged: Promise<LoggedRun>;
}
