import { TrackingRefusedError } from '../../errors.ts';
import type { DeliveryView, Kept } from '../../values/delivery.ts';
import type { ErrorData } from '../../values/errorData.ts';
import type { LoggedRun } from '../../values/run.ts';
import type { RunRecord } from '../record.ts';
import type { Thing } from './journal.ts';
import type { RecordSummary } from './recordStore.ts';

/** What the spool keeps of a training, beside the bytes of its model files. */
export interface SpooledDocument extends Kept {
  readonly record: RunRecord;
}

/** How a record left the queue, as its receipt or its dead letter says it. */
export interface DeliveryOutcome {
  readonly attempts: number;
  readonly experimentId?: string;
  readonly runId?: string;
  readonly modelId?: string;
  /** Of a delivered one. */
  readonly logged?: LoggedRun;
  /** Of a dead letter. */
  readonly reason?: ErrorData;
  /** When to look once more for what calls did that came late or twice. */
  readonly recheck?: DueRecheck;
}

interface DueRecheck {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** What was in doubt; of the run, it is looked whether it still has its status in any case. */
  readonly of: readonly Thing[];
}

/** What is known of a record that is still to come. */
export interface DeliveryProgress {
  readonly attempts: number;
  readonly lastError?: ErrorData;
}

export function viewOf(summary: RecordSummary, progress: DeliveryProgress | undefined): DeliveryView {
  const { id, state, acceptedAtMs, endedAtMs } = summary;
  // Of a damaged record nothing but the reason is left.
  const { record, answer, key } = (summary.document ?? {}) as Partial<SpooledDocument>;
  const { attempts, reason, logged } = (summary.outcome ?? { attempts: 0 }) as DeliveryOutcome;
  const { damaged: message } = summary;
  const damage = message === undefined ? undefined : { code: 'record_damaged', message };
  const lastError = damage ?? reason ?? progress?.lastError;
  return {
    id,
    state,
    acceptedAtMs,
    ...(endedAtMs !== undefined && { endedAtMs }),
    experimentName: record?.experimentName ?? '',
    runName: record?.runName ?? '',
    attempts: progress?.attempts ?? attempts,
    ...(lastError !== undefined && { lastError }),
    ...(logged !== undefined && { logged }),
    answer,
    ...(key !== undefined && { key }),
  };
}

/** The error that whoever waits for a dead letter gets. */
export function refusedError(
  { code, message, details }: ErrorData,
  runId: string | undefined,
): TrackingRefusedError {
  return new TrackingRefusedError(code, message, { ...details, ...(runId !== undefined && { runId }) });
}
