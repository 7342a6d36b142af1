import { Router } from 'express';
import { onlyMethods } from '../methods.ts';

/** `GET /test`, with which users of the original check that the service is up. */
export function helloRoute(): Router {
  const router = Router();
  router
    .route('/test')
    .get((_request, response) => {
      response.json({ response: 'Hello World' });
    })
    .all(onlyMethods('GET', 'HEAD'));
  return router;
}
