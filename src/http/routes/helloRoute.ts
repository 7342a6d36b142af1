import { Router } from 'express';
import { onlyMethods } from '../methods.ts';

/** `GET /test`, by which the original's users see that the service is there. */
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
