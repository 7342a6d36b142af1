import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';
import type { Step } from '../step.ts';

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

/** They are the same for every response, so helmet is asked once. */
const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['Cache-Control', 'no-store'],
  ...headersOfHelmet(),
];

/** Sets the headers of every response. Results are for the client alone, so no cache may keep them. */
export const securityHeaders: Step = (_request, response) => {
  for (const [name, value] of HEADERS) response.setHeader(name, value);
};

function headersOfHelmet(): [name: string, value: string][] {
  const headers: [string, string][] = [];
  const response = {
    setHeader: (name: string, value: string) => headers.push([name, value]),
    removeHeader: () => undefined,
  };
  helmetHeaders({} as IncomingMessage, response as unknown as ServerResponse, (error) => {
    if (error !== undefined) throw error;
  });
  return headers;
}
