import { type Request, type RequestHandler, Router } from 'express';
import type { Metrics } from '../../observability/metrics.ts';
import { onlyMethods } from '../methods.ts';
import { notes } from '../notes.ts';
import type { Step } from '../step.ts';

/** `GET /metrics` in Prometheus' text format. */
export function metricsRoute(metrics: Metrics): Router {
  const router = Router();
  router
    .route('/metrics')
    .get(async (_request, response) => {
      const text = await metrics.text();
      response.set('Content-Type', metrics.contentType).send(text);
    })
    .all(onlyMethods('GET', 'HEAD'));
  return router;
}

/** Label for requests that match no route. */
const NO_ROUTE = 'none';
/** Label for requests whose client disconnected. */
const ABORTED = 'aborted';

/** Counts each request when it has ended, and measures the stages in its notes. */
export function countRequests(metrics: Metrics): Step {
  return (request, response) => {
    const startedAt = performance.now();
    const { method = '' } = request;
    response.once('close', () => {
      metrics.requestEnded({
        // The route's pattern, so that made-up paths share one label.
        route: notes(response).route ?? (request as Partial<Request>).route?.path ?? NO_ROUTE,
        method,
        status: response.writableFinished ? String(response.statusCode) : ABORTED,
        seconds: (performance.now() - startedAt) / 1000,
      });
      const { stagesMs } = notes(response);
      if (stagesMs !== undefined) metrics.stagesEnded(stagesMs);
    });
  };
}

/** Counts an upload from now until its body has arrived or its client has disconnected. */
export function countUpload(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const ended = metrics.uploadBegun();
    request.once('end', ended);
    response.once('close', ended);
    next();
  };
}
