import { TrackingRefusedError, TrainpostError, toData } from '../../errors.ts';
import type { DeliveryView } from '../../values/delivery.ts';
import type { ErrorData } from '../../values/errorData.ts';
import { readOutcome, readSummary } from './document.ts';
import type { RecordSummary } from './recordStore.ts';

/** What is known of a record that is not delivered yet. */
export interface DeliveryProgress {
  readonly attempts: number;
  readonly lastError?: ErrorData;
}

/** A record as clients see it. If the record cannot be read, its `lastError` says why. */
export function viewOf(summary: RecordSummary, progress: DeliveryProgress | undefined): DeliveryView {
  const { id, state, acceptedAtMs, endedAtMs } = summary;
  const base = { id, state, acceptedAtMs, ...(endedAtMs !== undefined && { endedAtMs }) };
  try {
    const { tree, answer, key } = readSummary(summary);
    const { attempts = 0, reason, logged, made } = readOutcome(summary.outcome) ?? {};
    const runId = state === 'dead' ? made?.['root']?.runId : undefined;
    const lastError = (reason && withRun(reason, runId)) ?? progress?.lastError;
    return {
      ...base,
      experimentName: tree.experimentName,
      runName: tree.nodes[0].name,
      attempts: progress?.attempts ?? attempts,
      ...(lastError !== undefined && { lastError }),
      ...(runId !== undefined && { runId }),
      ...(logged !== undefined && { logged }),
      answer,
      ...(key !== undefined && { key }),
    };
  } catch (error) {
    if (!(error instanceof TrainpostError)) throw error;
    const attempts = progress?.attempts ?? 0;
    return {
      ...base,
      experimentName: '',
      runName: '',
      attempts,
      lastError: toData(error),
      answer: undefined,
    };
  }
}

/** The error for a client that waits for a record which becomes a dead letter. */
export function refusedError(reason: ErrorData, runId: string | undefined): TrackingRefusedError {
  const { code, message, details } = withRun(reason, runId);
  return new TrackingRefusedError(code, message, details);
}

function withRun(reason: ErrorData, runId: string | undefined): ErrorData {
  return runId === undefined ? reason : { ...reason, details: { ...reason.details, runId } };
}
