import type { MlflowClient } from '../client.ts';
import type { TrackingServer } from '../trackingServer.ts';
import type { RecordedTree } from '../tree.ts';
import type { Journal } from './journal.ts';
import type { KeyedMutex } from './keyedMutex.ts';

/** One try to deliver a record. */
export interface Delivery {
  readonly server: TrackingServer;
  /** The server's client. Its calls are cut off when the service stops. */
  readonly client: MlflowClient;
  readonly recorded: RecordedTree;
  readonly journal: Journal;
  /** Shared by all deliveries of a process. */
  readonly aliasTurns: KeyedMutex;
  /** Whether the service is shutting down, so that nothing new should begin. */
  readonly isStopping: () => boolean;
}

/** What MLflow called the parts of the root's run. */
export interface Delivered {
  readonly runId: string;
  readonly experimentId: string;
  /** If the root's model is registered. */
  readonly modelVersion?: string;
}
