import { type Dispatcher, request } from 'undici';
import type { TrainForm } from './trainForm.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read what they expect and fail on anything else.
type Json = any;

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined where it is no JSON. */
  readonly body: Json;
}

export interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly dispatcher?: Dispatcher;
}

/** An answer takes a second, and ten on a busy machine. */
const TIMEOUT_MS = 600_000;

/** Posts a training; undefined where the connection ended before the answer, or there was none to be had. */
export async function postTraining(
  url: string,
  form: TrainForm,
  { headers = {}, dispatcher }: PostOptions = {},
): Promise<Answered | undefined> {
  try {
    const response = await request(`${url}/train`, {
      method: 'POST',
      headers: { 'content-type': form.contentType, ...headers },
      body: form.body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(dispatcher !== undefined && { dispatcher }),
    });
    const text = await response.body.text();
    return { status: response.statusCode, headers: response.headers, body: parsed(text) };
  } catch {
    return undefined;
  }
}

/** Whether the service has promised to keep it. */
export function isAccepted(answered: Answered | undefined): boolean {
  return answered?.status === 200 || answered?.status === 202;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
