import { Router } from 'express';
import { onlyMethods } from '../methods.ts';
import { type Directions, directionsFrom } from '../wayIn.ts';

/** Where a person with nothing but the address finds the way. */
export interface WayIn extends Directions {
  readonly service: 'trainpost';
  /** Relative to the address of the request, as are the others. */
  readonly openapi: string;
  readonly postman: string;
}

/** `GET /`: leads a browser to `/docs`, and a program to the document of all routes. */
export function homeRoute(): Router {
  const router = Router();
  router
    .route('/')
    .get((request, response) => {
      response.vary('Accept');
      const { docs, example } = directionsFrom(request);
      if (request.accepts(['json', 'html']) === 'html') {
        response.redirect(docs);
        return;
      }
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
