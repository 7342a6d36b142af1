import { Router } from 'express';
import { onlyMethods } from '../methods.ts';

/** A bound of the service: what it bounds, which setting sets it, and what whoever goes beyond it is answered with. */
export interface ShownLimit {
  readonly setting?: string;
  readonly bounds: string;
  readonly limit: number;
  readonly default: number;
  readonly unit: string;
  readonly status: number;
  readonly codes: readonly string[];
}

/** `GET /limits`: every bound that a caller can meet, as it is set. */
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
