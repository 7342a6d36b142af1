import type { RequestHandler } from 'express';
import { HttpError } from './problem.ts';

/** Answers 405 with `Allow` (RFC 9110, 15.5.6) to every method that the route's own handlers left over. */
export function onlyMethods(...methods: readonly string[]): RequestHandler {
  const allow = methods.join(', ');
  return (request, response) => {
    response.set('Allow', allow);
    throw new HttpError(
      405,
      'method_not_allowed',
      `${request.method} is not for this route: it takes ${allow}.`,
      {
        allowed: methods,
      },
    );
  };
}
