import { Router } from 'express';
import { onlyMethods } from '../methods.ts';

/** A limit of the service: what it bounds, the setting that changes it, and the answer to a client that goes beyond it. */
export interface ShownLimit {
  /** Absent if no setting changes the limit. */
  readonly setting?: string;
  readonly bounds: string;
  readonly limit: number;
  readonly default: number;
  readonly unit: string;
  readonly status: number;
  readonly codes: readonly string[];
}

/** `GET /limits`: every limit that a client can meet, as it is set. */
export function limitsRoute(limits: readonly ShownLimit[]): Router {
  const router = Router();
  router
    .route('/limits')
    .get((_request, response) => {
      response.json({ limits });
    })
    .all(onlyMethods('GET', 'HEAD'));
  return router;
}
