import { isBeforeTls } from './diagnosis.ts';

/** How many times one call is sent at most, the first time included. */
const TRIES_MAX = 4;
/** Pause before the second try; it doubles with each one. Three pauses of 0.1 to 0.4 s outlast a restarting proxy's gap. */
const PAUSE_MS = 100;
/** A call does not wait longer than this for a server that asks for a pause, because a caller is waiting. */
const RETRY_AFTER_MS_MAX = 5_000;

/** Each call with this status was refused before it was carried out. */
const STATUS_NOT_CARRIED_OUT: ReadonlySet<number> = new Set([429]);
/** Temporary failures of a server or of a gateway before it; the call may have been carried out. */
const STATUS_UNCERTAIN: ReadonlySet<number> = new Set([502, 503, 504]);
/** No connection came about, so nothing was sent. */
const CODES_NOT_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** The connection broke; the call may have been carried out. */
const CODES_UNCERTAIN: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** How one try of a call failed. */
export type Failure =
  | { readonly status: number; readonly retryAfterMs?: number }
  /** Code of the error that the connection ended with. */
  | { readonly code: string };

export interface Tries {
  /** Tries made so far. */
  readonly made: number;
  /** Whether sending the call twice does what sending it once does. */
  readonly repeatable: boolean;
}

/**
 * The whole retry decision: how many milliseconds to wait before the same call is sent again; undefined if the call must
 * not be sent again. A call that cannot be repeated (a create) is sent again only if it was certainly not carried out. A
 * failure that is not known is never retried, and neither is a failure that only a person can correct.
 */
export function retryPauseMs(failure: Failure, { made, repeatable }: Tries): number | undefined {
  if (made >= TRIES_MAX || ('code' in failure && isBeforeTls(failure.code))) return undefined;
  if (!(certainlyNotDone(failure) || (repeatable && possiblyDone(failure)))) return undefined;
  const asked = 'status' in failure ? (failure.retryAfterMs ?? 0) : 0;
  if (asked > RETRY_AFTER_MS_MAX) return undefined;
  // Half of the pause is random, so that callers that failed together do not come back together.
  const pause = PAUSE_MS * 2 ** (made - 1) * (0.5 + Math.random() / 2);
  return Math.max(asked, pause);
}

/** Whether the call was certainly not carried out. */
export function certainlyNotDone(failure: Failure): boolean {
  if ('status' in failure) return STATUS_NOT_CARRIED_OUT.has(failure.status);
  return CODES_NOT_SENT.has(failure.code) || isBeforeTls(failure.code);
}

/** Whether the failure is one of the known failures after which the call may have been carried out. */
export function possiblyDone(failure: Failure): boolean {
  return 'status' in failure ? STATUS_UNCERTAIN.has(failure.status) : CODES_UNCERTAIN.has(failure.code);
}

/** `Retry-After` in milliseconds: seconds, or an HTTP date (RFC 9110, 10.2.3); undefined for anything else. */
export function parseRetryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
