import { type RequestHandler, Router } from 'express';
import { relativeReference } from '../links.ts';
import { onlyMethods } from '../methods.ts';
import { openapiDocument } from './document.ts';

/** Says on every answer where the document is (RFC 8631). */
export const linkToDocument: RequestHandler = (request, response, next) => {
  response.set('Link', `<${relativeReference(request.path, 'openapi.json')}>; rel="service-desc"`);
  next();
};

/** `GET /openapi.json`: the document of all routes, which is made once. */
export function openapiRoute(): Router {
  let text: string | undefined;
  const router = Router();
  router
    .route('/openapi.json')
    .get((_request, response) => {
      text ??= JSON.stringify(openapiDocument());
      response.type('json').send(text);
    })
    .all(onlyMethods('GET', 'HEAD'));
  return router;
}
