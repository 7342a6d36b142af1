import { Router } from 'express';
import { relativeReference } from '../links.ts';
import { onlyMethods } from '../methods.ts';
import { pathOf, type Step } from '../step.ts';
import type { Json } from './components.ts';
import { openapiDocument } from './document.ts';
import { postmanCollection } from './postman.ts';

/** Says on every answer where the document is (RFC 8631). */
export const linkToDocument: Step = (request, response) => {
  response.setHeader('Link', `<${relativeReference(pathOf(request), 'openapi.json')}>; rel="service-desc"`);
};

/** `GET /openapi.json` and `GET /postman.json`: all routes, for programs. Each text is made once. */
export function openapiRoute(): Router {
  const router = Router();
  serveOnce(router, '/openapi.json', openapiDocument);
  serveOnce(router, '/postman.json', postmanCollection);
  return router;
}

function serveOnce(router: Router, path: string, make: () => Json): void {
  let text: string | undefined;
  router
    .route(path)
    .get((_request, response) => {
      text ??= JSON.stringify(make());
      response.type('json').send(text);
    })
    .all(onlyMethods('GET', 'HEAD'));
}
