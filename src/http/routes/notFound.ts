import type { RequestHandler } from 'express';
import { quote } from '../../errors.ts';
import { HttpError } from '../problem.ts';

/** Answers 404 to every request that no route handles. */
export const noSuchRoute: RequestHandler = (request) => {
  throw new HttpError(404, 'no_such_route', `Unknown path ${quote(request.path)}: /docs has all paths.`);
};
