import { TrackingRefusedError, TrackingUnreachableError, TrainpostError } from '../errors.ts';
import {
  type ConnectionFacts,
  connectionAdvice,
  diagnose,
  isAboutWorkspaces,
  type RefusalOf,
  workspaceAdvice,
} from './diagnosis.ts';
import { parseErrorBody, shownMessage } from './errorBody.ts';
import { certainlyNotDone, possiblyDone } from './retry.ts';

interface CallRefusedOptions {
  readonly status: number;
  readonly of: RefusalOf;
  readonly errorCode?: string | undefined;
  readonly said?: string;
  readonly openMessage?: string;
}

/** MLflow, or something before MLflow, refused a call: 4xx, a redirect, or a response that is not MLflow's. */
export class CallRefusedError extends TrackingRefusedError {
  readonly status: number;
  readonly of: RefusalOf;
  readonly errorCode: string | undefined;
  /** MLflow's whole message; the error's own message has its first line. */
  readonly said: string;

  constructor(code: string, message: string, options: CallRefusedOptions) {
    const { status, of, errorCode, said = '', openMessage = message } = options;
    super(code, message, { openMessage });
    this.status = status;
    this.of = of;
    this.errorCode = errorCode;
    this.said = said;
  }
}

/** The response is longer than responses to that call may be. */
export class AnswerTooLongError extends CallRefusedError {}

interface CallFailedOptions extends ErrorOptions {
  /** The pause that MLflow asked for. */
  readonly retryAfterMs?: number | undefined;
  readonly openMessage?: string;
}

/** MLflow gave no useful response. */
export class CallFailedError extends TrackingUnreachableError {
  /** Whether the call may have been carried out all the same. */
  readonly ambiguous: boolean;

  constructor(code: string, message: string, ambiguous: boolean, options: CallFailedOptions = {}) {
    const { retryAfterMs, openMessage = message, ...causes } = options;
    const pause = retryAfterMs === undefined ? {} : { retryAfterS: retryAfterMs / 1000 };
    super(code, message, { ...pause, openMessage }, causes);
    this.ambiguous = ambiguous;
  }
}

/** MLflow's own server, if it speaks TLS, ends a connection that does not. */
const PERHAPS_TLS =
  'If the port speaks TLS, write https:// in MLFLOW_TRACKING_URI; otherwise, see the log of MLflow.';

/** A response that is not MLflow's, although its status says success. */
export function notMlflow(message: string, status: number): CallRefusedError {
  return new CallRefusedError('mlflow_refused', message, { status, of: 'settings' });
}

/** Makes the errors of one connection. */
export class Failures {
  readonly #facts: ConnectionFacts;
  /** Scheme, host and port. */
  readonly #origin: string;

  constructor(facts: ConnectionFacts, origin: string) {
    this.#facts = facts;
    this.#origin = origin;
  }

  /** The error for a response with a status that is not 2xx. */
  answered(name: string, status: number, text: string, retryAfterMs?: number): Error {
    const { errorCode, message: said } = parseErrorBody(text);
    const answer = { status, errorCode, said };
    if (isAboutWorkspaces(answer)) return this.#workspace(name, answer);
    return status >= 500 || status === 429 ? failed(name, answer, retryAfterMs) : this.#refused(name, answer);
  }

  unreachable(name: string, code: string, cause: unknown): CallFailedError {
    const advice =
      saysNothing(cause) && this.#origin.startsWith('http:') ? PERHAPS_TLS : connectionAdvice(code);
    const [at, openAt] = [` at ${this.#origin}`, ''];
    const message = (where: string) => {
      if (advice === PERHAPS_TLS)
        return `MLflow${where} ends connections without a response (${code}). ${advice}`;
      if (advice !== undefined) return `trainpost cannot speak with MLflow${where} (${code}). ${advice}`;
      return possiblyDone({ code })
        ? `The connection to MLflow${where} broke during ${name} (${code}).`
        : `MLflow cannot be reached${where} (${code}): is it running, and is MLFLOW_TRACKING_URI right?`;
    };
    const options = { cause, openMessage: message(openAt) };
    return new CallFailedError('mlflow_unreachable', message(at), !certainlyNotDone({ code }), options);
  }

  #refused(name: string, refusal: Answer): CallRefusedError {
    const { of, advice } = diagnose(refusal, this.#facts);
    const ending = advice === undefined ? '' : ` ${advice}`;
    return new CallRefusedError('mlflow_refused', `MLflow refused ${name} ${reason(refusal)}.${ending}`, {
      ...refusal,
      of,
      openMessage: `MLflow refused ${name} ${reasonCode(refusal)}.${ending}`,
    });
  }

  /** MLflow's code may be the code for a run that does not exist, so the error does not have the code. */
  #workspace(name: string, answer: Answer): CallRefusedError {
    const advice = workspaceAdvice(answer.said, this.#facts);
    return new CallRefusedError('mlflow_workspace', `MLflow refused ${name} ${reason(answer)}. ${advice}`, {
      status: answer.status,
      of: 'settings',
      said: answer.said,
      openMessage: `MLflow refused ${name} ${reasonCode(answer)}. ${advice}`,
    });
  }
}

interface Answer {
  readonly status: number;
  readonly errorCode: string | undefined;
  readonly said: string;
}

/** 5xx, or 429 up to the last try; of these only the 429 is certainly not carried out. */
function failed(name: string, answer: Answer, retryAfterMs: number | undefined): CallFailedError {
  const ambiguous = !certainlyNotDone({ status: answer.status });
  const message = `MLflow failed at ${name} ${reason(answer)}.`;
  const openMessage = `MLflow failed at ${name} ${reasonCode(answer)}: its log says why.`;
  return new CallFailedError('mlflow_failed', message, ambiguous, { retryAfterMs, openMessage });
}

/** `(404 RESOURCE_DOES_NOT_EXIST): No such run` */
function reason(answer: Answer): string {
  const shown = shownMessage(answer.said);
  return `${reasonCode(answer)}${shown && `: ${shown}`}`;
}

function reasonCode({ status, errorCode }: Answer): string {
  return `(${status}${errorCode ? ` ${shownMessage(errorCode)}` : ''})`;
}

export function timedOut(name: string, timeoutMs: number, cause: unknown): CallFailedError {
  const message = `MLflow did not answer ${name} within ${Math.round(timeoutMs / 100) / 10} s.`;
  return new CallFailedError('mlflow_timeout', message, true, { cause });
}

export function cutOff(name: string, cause: unknown): CallFailedError {
  const message = `The service is shutting down, and has cut off ${name}.`;
  return new CallFailedError('stopping', message, true, { cause });
}

/** Whether a connection ended before its first byte came back, as undici's error shows. */
function saysNothing(cause: unknown): boolean {
  const { code, socket } = cause as { code?: unknown; socket?: { bytesRead?: number } };
  return code === 'UND_ERR_SOCKET' && socket?.bytesRead === 0;
}

/** The call as a message may name it: `runs/create`, `model.pkl`. */
export function callName(path: string): string {
  const [bare = ''] = path.split('?', 1);
  const inApi = /^\/api\/[23]\.0\/mlflow\/(.*)$/.exec(bare)?.[1];
  return inApi ?? bare.slice(bare.lastIndexOf('/') + 1);
}

/** Code of an error of the network, TLS or DNS; undefined for a mistake of our own. */
export function networkCode(error: unknown): string | undefined {
  if (error instanceof TrainpostError) return undefined;
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return error.code.startsWith('UND_ERR_INVALID') ? undefined : error.code;
}
