import { Router } from 'express';
import { onlyMethods } from '../methods.ts';
import { PAGE_POLICY, sendPageFile } from '../page/sendPage.ts';
import { type Directions, directionsFrom } from '../wayIn.ts';

/** Where a person with nothing but the address finds the way. */
export interface WayIn extends Directions {
  readonly service: 'trainpost';
  /** Relative to the address of the request, as are the others. */
  readonly openapi: string;
  readonly postman: string;
}

/** `GET /`: the page for a browser, and the document of all routes for a program. */
export function homeRoute(): Router {
  const router = Router();
  router
    .route('/')
    .get((request, response) => {
      response.vary('Accept');
      if (request.accepts(['json', 'html']) === 'html') {
        // A browser keeps the page, and asks each time whether it is still the same.
        response.set({ 'Cache-Control': 'no-cache', 'Content-Security-Policy': PAGE_POLICY });
        sendPageFile(request, response, 'index.html', 'text/html; charset=utf-8');
        return;
      }
      const { docs, example } = directionsFrom(request);
      const way: WayIn = {
        service: 'trainpost',
        docs,
        openapi: 'openapi.json',
        postman: 'postman.json',
        example,
      };
      response.json(way);
    })
    .all(onlyMethods('GET', 'HEAD'));
  return router;
}
