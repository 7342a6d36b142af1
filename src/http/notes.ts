import type { ServerResponse } from 'node:http';

/** Facts about one request. Its handlers write them for each other, for the log and for the metrics. */
export interface Notes {
  /** Pattern of the route, if Express does not know it. */
  route?: string;
  /** Whether `100 Continue` was sent, to ask for the rest of the body. */
  continued?: boolean;
  rows?: number;
  /** Milliseconds of each stage of a training. */
  stagesMs?: Record<string, number>;
  runId?: string;
  deliveryId?: string;
  /** The error's code, and its stack if the fault is ours. */
  code?: string;
  cause?: string;
}

/** The notes of a request, in the place that Express has for them. */
export function notes(response: ServerResponse & { locals?: Notes }): Notes {
  response.locals ??= {};
  return response.locals;
}
