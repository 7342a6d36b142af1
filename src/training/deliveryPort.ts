import type { Accepted, DeliveryState, DeliveryView, Kept } from '../values/delivery.ts';
import type { PipelineState } from '../values/pipelineState.ts';
import type { LoggedRun, TrackedRun } from '../values/run.ts';

/** Accepts trainings for MLflow, and says how far each of them is. */
export interface DeliveryPort {
  /**
   * Checks, before a training computes, that it could be accepted.
   * @throws UnavailableError or StorageError if it could not
   */
  checkRoom(): Promise<void>;
  /**
   * Accepts a training. Once the promise resolves, the run will be in MLflow, or kept with the reason why it is not.
   * @throws UnavailableError or StorageError if the training cannot be kept
   */
  accept(pipeline: PipelineState, run: TrackedRun, kept: Kept): Promise<Accepted>;
  /** The same promise as `Accepted.logged`; undefined if the delivery is not pending. */
  logged(id: string): Promise<LoggedRun> | undefined;
  /** @param id may come from a URL, and be any text */
  find(id: string): Promise<DeliveryView | undefined>;
  /** @param digest of an Idempotency-Key */
  findByKey(digest: string): Promise<DeliveryView | undefined>;
  /** Lists the deliveries of a state, or those that are pending and then those that are dead; bounded. */
  list(state?: DeliveryState): Promise<readonly DeliveryView[]>;
  /** Makes a dead delivery pending again; false if there is no dead delivery of that id. */
  retry(id: string): Promise<boolean>;
}
