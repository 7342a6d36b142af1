import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { HttpError } from '../problem.ts';
import { isOpen } from './openRoutes.ts';

/** RFC 6750, 3: what a caller is told to send. */
const CHALLENGE = 'Bearer realm="trainpost"';

/** Lets nobody in without `Authorization: Bearer <token>` (RFC 6750) but to the open routes; everybody where there is no token. */
export function requireToken(token: string | undefined): RequestHandler {
  if (token === undefined) return (_request, _response, next) => next();
  const wanted = digest(token);
  return (request, response, next) => {
    if (isOpen(request)) {
      next();
      return;
    }
    const given = bearerToken(request.headers.authorization);
    if (given === undefined) {
      response.set('WWW-Authenticate', CHALLENGE);
      throw new HttpError(
        401,
        'token_wanted',
        'This service wants its token: send it in a header (curl -H "Authorization: Bearer <token>").',
      );
    }
    if (!timingSafeEqual(digest(given), wanted)) {
      response.set('WWW-Authenticate', `${CHALLENGE}, error="invalid_token"`);
      throw new HttpError(401, 'token_wrong', 'The token is not the one that TRAINPOST_TOKEN has.');
    }
    next();
  };
}

/** The scheme is the same in any case (RFC 9110, 11.1). */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1];
}

/** Of one length whatever the token's is, so that a comparison tells nothing of either. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
