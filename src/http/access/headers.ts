import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * What answers tell browsers: load nothing, show it in no frame, guess no type, read it from no other site. There are
 * no CORS headers, so a preflight fails. Not that everything is https (Strict-Transport-Security): the service speaks
 * plain HTTP, and whoever speaks TLS for it says so.
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

/** Headers of every answer. Results are for whoever asked, so that nothing on the way keeps them. */
export const securityHeaders: RequestHandler = (request, response, next) => {
  response.set('Cache-Control', 'no-store');
  helmetHeaders(request, response, next);
};
