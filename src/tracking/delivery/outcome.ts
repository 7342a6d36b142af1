import type { ErrorData } from '../../values/errorData.ts';
import type { LoggedRun } from '../../values/run.ts';
import type { Thing } from './journal.ts';

/** How a delivery ended, as the receipt or the dead letter says it. */
export interface DeliveryOutcome {
  readonly attempts: number;
  readonly experimentId?: string;
  /** What MLflow made for each node, by its key. */
  readonly made: Readonly<Record<string, MadeNode>>;
  /** Keys of the nodes whose runs somebody deleted in MLflow before they were whole. */
  readonly deleted?: readonly string[];
  /** Where a delivered training is found. */
  readonly logged?: LoggedRun;
  /** Why the record is a dead letter. */
  readonly reason?: ErrorData;
  /** When to look once more for calls that MLflow carried out late or twice. */
  readonly recheck?: DueRecheck;
}

/** MLflow's ids of what was made for a node. */
export interface MadeNode {
  readonly runId?: string;
  /** Id of the logged model; MLflow 3 only. */
  readonly modelId?: string;
  /** Version of the registered model. */
  readonly version?: string;
}

export interface DueRecheck {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** What was in doubt. The recheck looks at the status of each run in any case. */
  readonly of: readonly Thing[];
}
