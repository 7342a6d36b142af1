import type { ModelLog } from '../ml/modelLog.ts';
import type { Accepted, DeliveryState, DeliveryView, Kept } from '../values/delivery.ts';
import type { LoggedRun, TrackedRun } from '../values/run.ts';

/** The desk where trainings are handed in for MLflow, and asked about afterwards. */
export interface DeliveryDesk {
  /**
   * Asked before a training computes.
   * @throws UnavailableError or StorageError where it could not be accepted
   */
  checkRoom(): Promise<void>;
  /** Where a fitted pipeline is accepted: once it resolves, the run will be in MLflow, or kept with the reason why not. */
  modelLog(kept: Kept): ModelLog<TrackedRun, Accepted>;
  /** Of a pending one the same as `Accepted.logged`; undefined for any other. */
  logged(id: string): Promise<LoggedRun> | undefined;
  /** @param id may come from a URL, and be anything */
  find(id: string): Promise<DeliveryView | undefined>;
  /** @param digest of an Idempotency-Key */
  findByKey(digest: string): Promise<DeliveryView | undefined>;
  /** Those of a state, or those that are pending or dead; bounded. */
  list(state?: DeliveryState): Promise<readonly DeliveryView[]>;
  /** Puts a dead one back to the pending ones; false where there is none of that id. */
  retry(id: string): Promise<boolean>;
}
