import { Router } from 'express';
import type { ModelStore } from '../../models/port.ts';
import { onlyMethods } from '../methods.ts';
import { HttpError, toHttp } from '../problem.ts';
import { noModel } from './query.ts';

/** What MLflow's server answers if its model is loaded. */
const WELL = '\n';

/**
 * `GET /ping` and `GET /health` say whether the default model answers, and `GET /version` says which trainpost answers; as
 * in MLflow's server. The probes of the service itself are `/health/live` and `/health/ready`.
 * @param modelUri the default model; without one both probes are 404, as in MLflow
 */
export function modelHealthRoute(models: ModelStore, modelUri: string | undefined, version: string): Router {
  const router = Router();
  for (const path of ['/ping', '/health']) {
    router
      .route(path)
      .get(async (_request, response) => {
        if (modelUri === undefined) throw noModel();
        try {
          await models.load(modelUri);
        } catch (cause) {
          throw notLoaded(cause);
        }
        response.type('application/json').send(WELL);
      })
      .all(onlyMethods('GET', 'HEAD'));
  }
  router
    .route('/version')
    .get((_request, response) => {
      response.type('application/json').send(version);
    })
    .all(onlyMethods('GET', 'HEAD'));
  return router;
}

/** Any status but 200 means for a probe that the model does not answer; 503 says so without blaming the request. */
function notLoaded(cause: unknown): HttpError {
  const { code, message } = toHttp(cause);
  const error = new HttpError(
    503,
    'model_not_loaded',
    `The default model cannot be loaded (${code}): ${message}`,
  );
  error.cause = cause;
  return error;
}
