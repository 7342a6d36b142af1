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

/**
 * Waits until a run is FINISHED, for a time, or until one of the signals aborts.
 * @returns undefined if the run is not FINISHED by then
 * @throws TrackingRefusedError if MLflow refused the run for good
 */
export async function loggedWithin(
  logged: Promise<LoggedRun>,
  waitMs: number,
  enough: readonly AbortSignal[],
): Promise<LoggedRun | undefined> {
  if (waitMs === 0 || enough.some(({ aborted }) => aborted)) {
    // Nobody waits for the promise any more, and the delivery keeps its failure.
    logged.catch(() => undefined);
    return undefined;
  }
  let give = () => {};
  const nothing = new Promise<undefined>((resolve) => {
    give = () => resolve(undefined);
  });
  const timer = setTimeout(give, waitMs);
  for (const signal of enough) signal.addEventListener('abort', give);
  try {
    return await Promise.race([logged, nothing]);
  } finally {
    clearTimeout(timer);
    for (const signal of enough) signal.removeEventListener('abort', give);
  }
}
