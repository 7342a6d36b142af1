import type { MlflowClient } from '../client.ts';
import type { RecordedRun } from '../record.ts';
import type { TrackingServer } from '../trackingServer.ts';
import type { Journal } from './journal.ts';
import type { KeyedMutex } from './keyedMutex.ts';

/** One try to deliver a record. */
export interface Delivery {
  readonly server: TrackingServer;
  /** The server's, cut off when the service stops. */
  readonly client: MlflowClient;
  readonly recorded: RecordedRun;
  readonly journal: Journal;
  /** Shared by all deliveries of a process. */
  readonly aliasTurns: KeyedMutex;
}

/** What MLflow called the parts of a run that it took in. */
export interface Delivered {
  readonly runId: string;
  readonly experimentId: string;
  readonly modelVersion: string;
}
