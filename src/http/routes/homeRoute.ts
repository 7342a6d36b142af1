import { type Request, Router } from 'express';
import { relativeReference } from '../links.ts';
import { onlyMethods } from '../methods.ts';

/** Where a person with nothing but the address finds the way. */
export interface WayIn {
  readonly service: 'trainpost';
  /** Relative to the address of the request, as are the others. */
  readonly docs: string;
  readonly openapi: string;
  readonly postman: string;
  /** A line for a shell. */
  readonly example: string;
}

/** `GET /`: leads a browser to `/docs`, and a program to the document of all routes. */
export function homeRoute(): Router {
  const router = Router();
  router
    .route('/')
    .get((request, response) => {
      response.vary('Accept');
      if (request.accepts(['json', 'html']) === 'html') {
        response.redirect(relativeReference(request.path, 'docs'));
        return;
      }
      const way: WayIn = {
        service: 'trainpost',
        docs: 'docs',
        openapi: 'openapi.json',
        postman: 'postman.json',
        example: curlLine(request),
      };
      response.json(way);
    })
    .all(onlyMethods('GET', 'HEAD'));
  return router;
}

/** A line for a shell that trains. The host is as the client named it, and was checked before. */
export function curlLine({ headers }: Pick<Request, 'headers'>): string {
  return `curl -F train_file=@data.csv http://${headers.host ?? '127.0.0.1:5005'}/train`;
}
