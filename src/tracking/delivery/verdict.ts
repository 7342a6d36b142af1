import {
  StorageError,
  TrackingRefusedError,
  TrainpostError,
  toData,
  UnavailableError,
} from '../../errors.ts';
import type { ErrorData } from '../../values/errorData.ts';
import { CallRefusedError } from '../request.ts';
import { StillDoubtfulError } from './journal.ts';

/** What a failed try means for its record. */
export type Verdict =
  /** The store cannot read the record any more. */
  | { readonly is: 'damaged'; readonly reason: ErrorData }
  /** Another version of trainpost wrote the record, in a form that is unknown here. */
  | { readonly is: 'unknown_version'; readonly reason: ErrorData }
  /** Refused for good: trying again would not help. */
  | { readonly is: 'refused'; readonly reason: ErrorData }
  /** MLflow does not know something that it knew. */
  | { readonly is: 'absent'; readonly reason: ErrorData }
  /** A create is in doubt: to be searched for again until that time. */
  | { readonly is: 'doubtful'; readonly reason: ErrorData; readonly untilMs: number }
  /** There is no MLflow yet. */
  | { readonly is: 'early'; readonly reason: ErrorData }
  /** It may pass: to be tried again. */
  | { readonly is: 'passing'; readonly reason: ErrorData; readonly askedMs: number };

/** Refusals that are not MLflow's own words, and that only the caller or a person can mend. */
const REFUSALS: ReadonlySet<string> = new Set([
  'experiment_deleted',
  'artifacts_not_proxied',
  'run_deleted',
  'run_lost',
]);
/** What a proxy answers to this very request, and would to the next one like it. */
const STATUS_OF_THE_REQUEST: ReadonlySet<number> = new Set([400, 411, 413, 414, 422, 431]);
/** Wrong credentials are mended by a restart with the right ones: that must not cost a record. */
const STATUS_OF_THE_SETTINGS: ReadonlySet<number> = new Set([401, 403, 407]);

/** The whole decision what becomes of a record after an error; of several, the worst counts. */
export function verdictOf(error: unknown): Verdict {
  const verdicts = causesOf(error).map(verdictOfOne);
  const worst = (['damaged', 'unknown_version', 'refused', 'absent', 'early', 'passing', 'doubtful'] as const)
    .map((is) => verdicts.find((verdict) => verdict.is === is))
    .find((verdict) => verdict !== undefined);
  return worst!;
}

/** Whether MLflow's answer is final for this call: it rejects the call, or does not know what the call is about. */
export function isFinal(error: unknown): boolean {
  return ['refused', 'absent'].includes(verdictOf(error).is);
}

function verdictOfOne(error: unknown): Verdict {
  const reason = reasonOf(error);
  if (error instanceof StillDoubtfulError) return { is: 'doubtful', reason, untilMs: error.untilMs };
  if (error instanceof UnavailableError) {
    return { is: error.code === 'record_version' ? 'unknown_version' : 'early', reason };
  }
  if (error instanceof StorageError && error.code === 'record_damaged') return { is: 'damaged', reason };
  if (isAbsence(error)) return { is: 'absent', reason };
  if (isRefusal(error)) return { is: 'refused', reason };
  return { is: 'passing', reason, askedMs: (reason.details?.retryAfterS ?? 0) * 1000 };
}

/** A record that MLflow itself refuses. What comes from anything else before it is a matter of settings, and can be mended. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof CallRefusedError)) {
    return error instanceof TrackingRefusedError && REFUSALS.has(error.code);
  }
  if (error.status < 400 || STATUS_OF_THE_SETTINGS.has(error.status)) return false;
  return error.errorCode !== undefined || STATUS_OF_THE_REQUEST.has(error.status);
}

function isAbsence(error: unknown): boolean {
  return error instanceof CallRefusedError && error.errorCode === 'RESOURCE_DOES_NOT_EXIST';
}

function causesOf(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(causesOf) : [error];
}

function reasonOf(error: unknown): ErrorData {
  if (error instanceof TrainpostError) {
    return toData(error);
  }
  if (error instanceof StillDoubtfulError) return { code: 'mlflow_in_doubt', message: error.message };
  const message = 'Something went wrong here while the run was being logged; it is tried again.';
  return { code: 'internal_error', message };
}
