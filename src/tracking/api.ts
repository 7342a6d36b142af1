import { CallRefusedError, notMlflow } from './callErrors.ts';
import type { Texts } from './mlflowTypes.ts';
import { type Call, Connection, type ConnectionOptions } from './request.ts';

const API = '/api/2.0/mlflow';

/** When calls end, beside the time that each call has. */
export interface CallBounds {
  /** Cuts off the calls. */
  readonly signal?: AbortSignal;
  /** By `performance.now()`: when all of the calls end. */
  readonly deadlineMs?: number;
}

/** Sends calls of MLflow's REST API over a connection. Errors are those of `Connection.send`. */
export class Api {
  readonly #connection: Connection;
  readonly #bounds: CallBounds;

  constructor(connection: Connection | ConnectionOptions, bounds: CallBounds = {}) {
    this.#connection = connection instanceof Connection ? connection : new Connection(connection);
    this.#bounds = bounds;
  }

  get connection(): Connection {
    return this.#connection;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  send(call: Call): Promise<string> {
    const { signal, deadlineMs } = this.#bounds;
    return this.#connection.send({
      ...call,
      ...(signal !== undefined && { signal }),
      ...(deadlineMs !== undefined && { timeoutMs: Math.max(1, deadlineMs - performance.now()) }),
    });
  }

  /** Sends a call below `/api/2.0/mlflow/`, and reads the JSON of its response. */
  call<Answer>(method: Call['method'], path: string, body?: object, repeatable?: boolean): Promise<Answer> {
    return this.read({
      method,
      path,
      ...(body !== undefined && { body }),
      ...(repeatable !== undefined && { repeatable }),
    });
  }

  /** As `call`, with all that a call can have. */
  async read<Answer>(call: Omit<Call, 'at'>): Promise<Answer> {
    const text = await this.send({ ...call, path: `${API}/${call.path}` });
    try {
      return JSON.parse(text) as Answer;
    } catch {
      const message =
        'The server at MLFLOW_TRACKING_URI answers with something that is not JSON: is it an MLflow server?';
      throw notMlflow(message, 200);
    }
  }

  /** The response to a call; undefined if MLflow does not have what the call is about. */
  async ifThere<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (hasErrorCode(error, 'RESOURCE_DOES_NOT_EXIST')) return undefined;
      throw error;
    }
  }
}

export function hasErrorCode(error: unknown, errorCode: string): error is CallRefusedError {
  return error instanceof CallRefusedError && error.errorCode === errorCode;
}

/** Whether a unique key was rejected by the database, and not by MLflow; each database has words of its own. */
export function saysDuplicate(error: unknown): boolean {
  return hasErrorCode(error, 'BAD_REQUEST') && /unique|duplicate/i.test(error.said);
}

/** Whether a text is longer than MLflow, its database or a proxy takes it. */
export function saysTooLong(error: unknown): boolean {
  if (!(error instanceof CallRefusedError)) return false;
  return error.of === 'size' || (error.of === 'record' && /too long|exceed|truncat/i.test(error.said));
}

/** MLflow's way to write a map. */
export function keyValues(texts: Texts): { readonly key: string; readonly value: string }[] {
  return Object.entries(texts).map(([key, value]) => ({ key, value }));
}

/** The inverse of `keyValues`. */
export function textsOf(pairs: readonly { readonly key: string; readonly value: string }[]): Texts {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}
