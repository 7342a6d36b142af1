import type { Response } from 'express';

/** What the handlers of one request leave for each other, for the log and for the metrics. */
export interface Notes {
  /** The rest of the body was asked for by `100 Continue`. */
  continued?: boolean;
  rows?: number;
  /** Milliseconds by stage of a training. */
  stagesMs?: Record<string, number>;
  runId?: string;
  deliveryId?: string;
  /** The error's code, and its stack if the fault is ours. */
  code?: string;
  cause?: string;
}

/** The notes of a request. Express keeps them in `response.locals`, which has no type of its own. */
export function notes(response: Response): Notes {
  return response.locals;
}
