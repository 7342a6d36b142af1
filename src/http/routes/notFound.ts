import type { RequestHandler } from 'express';
import { quote } from '../../errors.ts';
import { HttpError } from '../problem.ts';

/** Whatever no route took. */
export const noSuchRoute: RequestHandler = (request) => {
  throw new HttpError(
    404,
    'no_such_route',
    `There is nothing at ${quote(request.path)}: POST a form to /train, GET /deliveries, or GET /test.`,
  );
};
