import type { Accepted, DeliveryState, DeliveryView, Kept } from '../values/delivery.ts';
import type { PipelineState } from '../values/pipelineState.ts';
import type { EvaluatedRun, LoggedRun, TrackedRun } from '../values/run.ts';

/** Accepts trainings for delivery to MLflow, and reports how far each delivery is. */
export interface DeliveryPort {
  /**
   * Checks, before a training computes, that it could be accepted.
   * @throws UnavailableError or StorageError if it could not be
   */
  checkRoom(): Promise<void>;
  /**
   * Looks, before a training computes, at the experiment that it would go to.
   * @throws TrackingRefusedError if the experiment exists and takes no runs
   */
  checkExperiment(name: string): Promise<void>;
  /**
   * Accepts a training. Once the promise resolves, the run will be in MLflow, or kept with the reason why it is not.
   * @param id a UUID in lower case, which no delivery has yet
   * @throws UnavailableError or StorageError if the training cannot be kept
   */
  accept(pipeline: PipelineState, run: TrackedRun, kept: Kept, id: string): Promise<Accepted>;
  /** Accepts an evaluation. @throws as `accept` */
  acceptEvaluation(run: EvaluatedRun, kept: Kept, id: string): Promise<Accepted>;
  /** The same promise as `Accepted.logged`; undefined if the delivery is not pending. */
  logged(id: string): Promise<LoggedRun> | undefined;
  /** @param id may come from a URL, and may be any text */
  find(id: string): Promise<DeliveryView | undefined>;
  /** @param digest of an Idempotency-Key */
  findByKey(digest: string): Promise<DeliveryView | undefined>;
  /** Lists the deliveries of a state, or else the pending and then the dead deliveries. The list has a limited length. */
  list(state?: DeliveryState): Promise<readonly DeliveryView[]>;
  /** Makes a dead delivery pending again; false if no dead delivery has that id. */
  retry(id: string): Promise<boolean>;
}
