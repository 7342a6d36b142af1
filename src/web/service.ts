import { signal } from '@preact/signals';
import { ProblemError, Trainpost } from '../client.ts';

/** The service lies where the page lies, wherever a proxy puts both. */
export const BASE = new URL('.', location.href.split('#')[0]).href;

const KEY = 'trainpost-token';
/** A person waits: the page says that the service is busy instead of trying for long. */
const ATTEMPTS = 3;

/** Whether this tab has a token. */
export const hasToken = signal(sessionStorage.getItem(KEY) !== null);

/** Why the page asks for a token; undefined while it does not ask. The text is the service's. */
export const tokenQuestion = signal<string | undefined>();

let answerQuestion: (() => void) | undefined;
let asked: Promise<void> | undefined;

/** Keeps a token for this tab, and sends the requests that wait for it. */
export function useToken(token: string): void {
  sessionStorage.setItem(KEY, token);
  hasToken.value = true;
  tokenQuestion.value = undefined;
  asked = undefined;
  answerQuestion?.();
}

/** The client of the service. Every request of the page goes through it. */
export const service = new Trainpost(BASE, { attempts: ATTEMPTS, fetch: fetchWithToken });

/** Sends a request with the token of the tab. If the service wants another token, the request waits for it. */
async function fetchWithToken(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  for (;;) {
    const token = sessionStorage.getItem(KEY);
    const headers = new Headers(init.headers);
    if (token !== null) headers.set('Authorization', `Bearer ${token}`);
    const response = await fetch(input, { ...init, headers });
    if (response.status !== 401) return response;
    // Another request may have got a token in the meantime.
    if (sessionStorage.getItem(KEY) === token) await ask(response);
  }
}

function ask(response: Response): Promise<void> {
  asked ??= new Promise((resolve) => {
    answerQuestion = resolve;
    response
      .json()
      .then((problem: { detail?: string }) => problem.detail)
      .catch(() => undefined)
      .then((detail) => {
        tokenQuestion.value = detail ?? 'This service requires a token.';
      });
  });
  return asked;
}

/** An error that a person can read: a problem of the service, or a sentence. */
export interface Fault {
  readonly detail: string;
  readonly code?: string;
  readonly status?: number;
  readonly field?: string;
  /** The column of a file or of a row. */
  readonly column?: string;
  readonly allowed?: readonly string[];
  /** The page that explains the code, relative to the page. */
  readonly help?: string;
}

/** What went wrong with a request, in the service's words if there are any. */
export function faultOf(error: unknown): Fault {
  if (error instanceof ProblemError) return { ...faultOfProblem(error.problem), status: error.status };
  if (error instanceof TypeError)
    return { detail: 'The service does not answer: check that it runs, and try again.' };
  return { detail: String((error as Error | undefined)?.message ?? error) };
}

/** A problem as an answer, a job or a dry run has it. */
export function faultOfProblem(problem: {
  readonly detail: string;
  readonly code: string;
  readonly field?: string;
  readonly column?: string;
  readonly allowed?: readonly string[];
}): Fault {
  const { detail, code, field, column, allowed } = problem;
  return {
    detail,
    code,
    help: `docs/errors#${encodeURIComponent(code)}`,
    ...(field !== undefined && { field }),
    ...(column !== undefined && { column }),
    ...(allowed !== undefined && { allowed }),
  };
}

export function wasAborted(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
