import type { IncomingMessage } from 'node:http';
import { quote } from '../../errors.ts';
import { type Authority, canonicalHost, isLoopback, parseAuthority } from '../../net/hosts.ts';
import { HttpError } from '../problem.ts';
import type { Step } from '../step.ts';

/** Allows every name. */
const ANY = '*';
/** RFC 9112, 3.2.2: a request target that names the server itself. */
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i;

/**
 * Accepts requests only by the service's own names. This stops DNS rebinding: another site makes its name point at this
 * machine, so that the browser takes the service for the same origin. The browser still sends the site's name, which is
 * rejected here. A request without a name (HTTP/1.0) does not come from a browser, and is accepted.
 * @param allowed canonical hosts, `*.name` for all names below `name`, or `*`
 */
export function allowHosts(allowed: readonly string[]): Step {
  return (request) => {
    for (const { host } of authoritiesOf(request)) {
      if (!isAllowedHost(host, allowed, request.socket.localAddress)) throw notAllowed(host);
    }
  };
}

/** Whether a request may use this host. It may always use `localAddress`, the address where its connection arrived. */
export function isAllowedHost(host: string, allowed: readonly string[], localAddress?: string): boolean {
  if (isLoopback(host) || host === canonicalHost(localAddress ?? '')) return true;
  return allowed.some(
    (entry) => entry === ANY || entry === host || (entry.startsWith('*.') && host.endsWith(entry.slice(1))),
  );
}

/** The Host header, and the target's own authority if it has one. */
function authoritiesOf({ headers, url = '', httpVersion }: IncomingMessage): Authority[] {
  const named = headers.host;
  if (named === undefined && httpVersion !== '1.0') {
    throw new HttpError(
      400,
      'host_missing',
      'The Host header is missing: send the name of the service in it.',
    );
  }
  return [named, authorityOf(url)]
    .filter((text) => text !== undefined)
    .map((text) => {
      const authority = parseAuthority(text);
      if (authority !== undefined) return authority;
      throw new HttpError(
        400,
        'malformed_host',
        `The host ${quote(text)} is neither a name nor an address: send the name of the service.`,
      );
    });
}

/** The authority of a target that is not a path (RFC 9112, 3.2). The target `*` means the server as a whole. */
function authorityOf(target: string): string | undefined {
  if (target.startsWith('/') || target === '*') return undefined;
  const [, authority] = ABSOLUTE_FORM.exec(target) ?? [];
  if (authority !== undefined) return authority;
  throw new HttpError(
    400,
    'malformed_target',
    'The request target is neither a path nor an http:// URL: send a path.',
  );
}

function notAllowed(host: string): HttpError {
  return new HttpError(
    403,
    'host_not_allowed',
    `The host ${quote(host)} is not allowed: use one of the service's own names, or start the service with ALLOWED_HOSTS=${host}.`,
    { value: host },
  );
}
