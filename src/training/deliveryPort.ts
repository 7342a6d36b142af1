import type { ModelLog } from '../ml/modelLog.ts';
import type { Accepted, DeliveryState, DeliveryView, Kept } from '../values/delivery.ts';
import type { LoggedRun, TrackedRun } from '../values/run.ts';

/** Accepts trainings for delivery to MLflow, and reports on their deliveries. */
export interface DeliveryDesk {
  /**
   * Checks, before a training computes, that it could be accepted.
   * @throws UnavailableError or StorageError if it could not be
   */
  checkRoom(): Promise<void>;
  /** A log that accepts a fitted pipeline. From then on the run will reach MLflow, or be kept with the reason why not. */
  modelLog(kept: Kept): ModelLog<TrackedRun, Accepted>;
  /** `Accepted.logged` of a pending delivery; undefined for any other delivery. */
  logged(id: string): Promise<LoggedRun> | undefined;
  /** @param id may come from a URL, and may be any text */
  find(id: string): Promise<DeliveryView | undefined>;
  /** @param digest of an Idempotency-Key */
  findByKey(digest: string): Promise<DeliveryView | undefined>;
  /** Lists deliveries of one state, or else the pending and dead ones. The length of the list is limited. */
  list(state?: DeliveryState): Promise<readonly DeliveryView[]>;
  /** Makes a dead delivery pending again; false if no dead delivery has that id. */
  retry(id: string): Promise<boolean>;
}
