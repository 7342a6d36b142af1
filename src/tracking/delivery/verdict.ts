import {
  StorageError,
  TrackingRefusedError,
  TrainpostError,
  toData,
  UnavailableError,
} from '../../errors.ts';
import type { ErrorData } from '../../values/errorData.ts';
import { CallRefusedError } from '../callErrors.ts';
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
  /** A create is in doubt: its thing is searched for until that time. */
  | { readonly is: 'doubtful'; readonly reason: ErrorData; readonly untilMs: number }
  /** MLflow or a proxy refuses this record, or all records of its experiment, until a person corrects something. */
  | { readonly is: 'blocked'; readonly reason: ErrorData; readonly what: 'record' | 'experiment' }
  /** There is no MLflow yet. */
  | { readonly is: 'early'; readonly reason: ErrorData }
  /** The failure may pass, or a person corrects the settings: the record is tried again. */
  | {
      readonly is: 'passing';
      readonly reason: ErrorData;
      readonly askedMs: number;
      /** Whether a person must correct something first. */
      readonly isOfSettings: boolean;
    };

/** Refusals in our own words that no change of settings would end. */
const REFUSALS: ReadonlySet<string> = new Set([
  'experiment_deleted',
  'run_deleted',
  'run_lost',
  'model_gone',
]);

/** What a refused call means for its record. Only MLflow's own words about what it got make a dead letter. */
const OF_REFUSED_CALL = {
  record: { is: 'refused' },
  size: { is: 'blocked', what: 'record' },
  permission: { is: 'blocked', what: 'experiment' },
  settings: { is: 'passing', askedMs: 0, isOfSettings: true },
} as const;

/** The worst first. */
const ORDER = [
  'damaged',
  'unknown_version',
  'refused',
  'absent',
  'early',
  'passing',
  'blocked',
  'doubtful',
] as const;

/** The whole decision what becomes of a record after an error. If there are several errors, the worst counts. */
export function verdictOf(error: unknown): Verdict {
  const verdicts = causesOf(error).map(verdictOfOne);
  const worst = ORDER.map((is) => verdicts.find((verdict) => verdict.is === is)).find(
    (verdict) => verdict !== undefined,
  );
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
  if (error instanceof CallRefusedError) return { ...OF_REFUSED_CALL[error.of], reason };
  if (error instanceof TrackingRefusedError) return ofRefusal(error, reason);
  return { is: 'passing', reason, askedMs: (reason.details?.retryAfterS ?? 0) * 1000, isOfSettings: false };
}

function ofRefusal({ code }: TrackingRefusedError, reason: ErrorData): Verdict {
  if (REFUSALS.has(code)) return { is: 'refused', reason };
  if (code === 'artifacts_not_proxied') return { is: 'blocked', what: 'experiment', reason };
  return { is: 'passing', reason, askedMs: 0, isOfSettings: true };
}

function isAbsence(error: unknown): boolean {
  return error instanceof CallRefusedError && error.errorCode === 'RESOURCE_DOES_NOT_EXIST';
}

function causesOf(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(causesOf) : [error];
}

function reasonOf(error: unknown): ErrorData {
  if (error instanceof TrainpostError) return toData(error);
  if (error instanceof StillDoubtfulError) {
    const { message } = error;
    return { code: 'mlflow_in_doubt', message, details: { openMessage: message } };
  }
  const message = 'Something went wrong here while the run was being logged; it is tried again.';
  return { code: 'internal_error', message };
}
