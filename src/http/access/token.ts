import { createHash, timingSafeEqual } from 'node:crypto';
import { HttpError } from '../problem.ts';
import { pathOf, type Step } from '../step.ts';
import { isOpen } from './openRoutes.ts';

/** RFC 6750, 3: tells clients what to send. */
const CHALLENGE = 'Bearer realm="trainpost"';

/** Requires `Authorization: Bearer <token>` (RFC 6750) on all routes but the open ones. */
export function requireToken(token: string): Step {
  const wanted = digest(token);
  return (request, response) => {
    if (isOpen({ method: request.method ?? '', path: pathOf(request) })) return;
    const given = bearerToken(request.headers.authorization);
    if (given === undefined) {
      response.setHeader('WWW-Authenticate', CHALLENGE);
      throw new HttpError(
        401,
        'token_wanted',
        'This service requires a token: send it in a header (curl -H "Authorization: Bearer <token>").',
      );
    }
    if (!timingSafeEqual(digest(given), wanted)) {
      response.setHeader('WWW-Authenticate', `${CHALLENGE}, error="invalid_token"`);
      throw new HttpError(401, 'token_wrong', 'The token is wrong: send the value of TRAINPOST_TOKEN.');
    }
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
