import { type Dispatcher, request } from 'undici';
import type { TrainForm } from './trainForm.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read what they expect and fail on anything else.
type Json = any;

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined if the body is not JSON. */
  readonly body: Json;
}

export interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly dispatcher?: Dispatcher;
}

/** An answer takes a second, and ten on a busy machine. */
const TIMEOUT_MS = 600_000;

/** Posts a training. @returns undefined if there was no connection, or if it ended before the response */
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

/** Whether the service has accepted the training. */
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
