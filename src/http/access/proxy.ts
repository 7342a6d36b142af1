import type { IncomingHttpHeaders } from 'node:http';
import type { Logger } from 'pino';
import type { Step } from '../step.ts';

/**
 * Warns, once, that a service without a token is open through a proxy. A client may invent these headers, and so they
 * decide nothing: not the address of the client, not the name of the service, and not who is let in.
 */
export function warnOfProxy(logger: Logger): Step {
  let hasWarned = false;
  return (request) => {
    if (!hasWarned && isForwarded(request.headers)) {
      hasWarned = true;
      // The names of these headers are a client's text, and stay out of the log.
      logger.warn(
        'A request came through a proxy (Forwarded, X-Forwarded-...), and this service has no token: everybody whom the proxy lets in can train. Set TRAINPOST_TOKEN.',
      );
    }
  };
}

/** Whether a proxy says for whom it asks (RFC 7239, and the names before it). */
function isForwarded(headers: IncomingHttpHeaders): boolean {
  return Object.keys(headers).some((name) => name === 'forwarded' || name.startsWith('x-forwarded-'));
}
