import type { AnswerName, Json } from '../components.ts';
import type { HeaderName } from '../headers.ts';

/** An answer that is no problem. */
export interface RouteAnswer {
  readonly description: string;
  /** The schemas of JSON; the answer is one of them. */
  readonly json?: readonly AnswerName[];
  /** The type of an answer that is not one of our schemas. */
  readonly type?: string;
  /** Whether the body is text although the type says JSON, as in MLflow's server. */
  readonly isBareText?: true;
  /** Headers beside those of every answer, by their names in `headers.ts`. */
  readonly headers?: readonly HeaderName[];
  /** Requests that may follow, by name: OpenAPI's links. */
  readonly links?: Json;
}

/** A request that can be sent as it stands, and what it gets. A test sends each one. */
export interface RouteExample {
  /** Name of the example in the document. */
  readonly name: string;
  readonly summary: string;
  /** The state of the delivery whose id the path has. */
  readonly delivery?: 'pending' | 'dead';
  /** With its question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Fields of the form; those of files have the file's content. */
  readonly form?: Readonly<Record<string, string>>;
  /** A body that is no form: a text, or JSON. */
  readonly body?: { readonly type: string; readonly value: string | Json };
  readonly status: number;
  /** The type of an answer that is neither JSON nor a problem. */
  readonly type?: string;
  /** The answer, without what differs from one request to the next. */
  readonly answer: Json | string;
}

/** One operation of the document. */
export interface Route {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: `/${string}`;
  /** Name of the operation, as generated clients call it. */
  readonly id: string;
  readonly tag: 'Trainings' | 'Runs' | 'Models' | 'Jobs' | 'Deliveries' | 'Service';
  readonly summary: string;
  readonly description?: string;
  /** Whether the route needs no token. */
  readonly isOpen?: true;
  readonly parameters?: readonly Json[];
  /** Schemas by type of content. */
  readonly body?: Readonly<Record<string, Json>>;
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** Whether `Accept` chooses among several forms of each answer and problem. */
  readonly hasForms?: true;
  /** Statuses of problems beside those that any request may get. */
  readonly problems: readonly number[];
  readonly examples?: readonly RouteExample[];
}
