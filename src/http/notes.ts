import type { Response } from 'express';

/** Facts about one request. Its handlers write them for each other, for the log and for the metrics. */
export interface Notes {
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

/** The notes of a request. Express keeps them in `response.locals`, which has no type of its own. */
export function notes(response: Response): Notes {
  return response.locals;
}
