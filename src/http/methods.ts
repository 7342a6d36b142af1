import type { RequestHandler } from 'express';
import { HttpError } from './problem.ts';

/** Answers 405 with `Allow` (RFC 9110, 15.5.6) to every method that the route's own handlers do not handle. */
export function onlyMethods(...methods: readonly string[]): RequestHandler {
  const allow = methods.join(', ');
  return (request, response) => {
    response.set('Allow', allow);
    throw new HttpError(
      405,
      'method_not_allowed',
      `${request.method} is not allowed on this route: use ${allow}.`,
      {
        allowed: methods,
      },
    );
  };
}
