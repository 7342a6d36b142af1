import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { HttpError } from '../problem.ts';
import { isOpen } from './openRoutes.ts';

/** RFC 6750, 3: tells clients what to send. */
const CHALLENGE = 'Bearer realm="trainpost"';

/** Requires `Authorization: Bearer <token>` (RFC 6750) on all routes but the open ones. */
export function requireToken(token: string): RequestHandler {
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
        'This service requires a token: send it in a header (curl -H "Authorization: Bearer <token>").',
      );
    }
    if (!timingSafeEqual(digest(given), wanted)) {
      response.set('WWW-Authenticate', `${CHALLENGE}, error="invalid_token"`);
      throw new HttpError(401, 'token_wrong', 'The token is wrong: send the value of TRAINPOST_TOKEN.');
    }
    next();
  };
}

/** The token of an Authorization header. The scheme is case-insensitive (RFC 9110, 11.1). */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1];
}

/** Has the same length for every token, so that the time of a comparison reveals nothing about either token. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
