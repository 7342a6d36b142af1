import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Headers that tell browsers to load nothing, show the response in no frame, guess no content type, and let no other site
 * read the response. There are no CORS headers, so a preflight fails. There is no Strict-Transport-Security, because the
 * service speaks plain HTTP: a proxy that speaks TLS for it can add that header.
 */
const helmetHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  strictTransportSecurity: false,
  xFrameOptions: { action: 'deny' },
  // With `no-referrer`, browsers send `Origin: null` for a form of our own pages too.
  referrerPolicy: { policy: 'same-origin' },
});

/** Sets the headers of every response. Results are for the client alone, so no cache may keep them. */
export const securityHeaders: RequestHandler = (request, response, next) => {
  response.set('Cache-Control', 'no-store');
  helmetHeaders(request, response, next);
};
