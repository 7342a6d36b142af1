import type { Request, RequestHandler } from 'express';
import { quote } from '../../errors.ts';
import { type Authority, canonicalHost, isLoopback, parseAuthority } from '../../net/hosts.ts';
import { HttpError } from '../problem.ts';

/** What stands for every name. */
const ANY = '*';
/** RFC 9112, 3.2.2: a request target that names the server itself. */
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i;

/**
 * Takes requests only by the names that the service has. A page of another site whose name was made to point at this
 * machine (DNS rebinding) is the same origin to its browser, and this is what still gives it away: the browser sends
 * the page's name. Programs that send none (HTTP/1.0) are no browser.
 * `allowed` has canonical hosts, `*.name` for the names below one, or `*`.
 */
export function allowHosts(allowed: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    for (const { host } of authoritiesOf(request)) {
      if (!isAllowedHost(host, allowed, request.socket.localAddress)) throw notAllowed(host);
    }
    next();
  };
}

/** `localAddress` is where the connection arrived: who asks for that address asks for this service. */
export function isAllowedHost(host: string, allowed: readonly string[], localAddress?: string): boolean {
  if (isLoopback(host) || host === canonicalHost(localAddress ?? '')) return true;
  return allowed.some(
    (entry) => entry === ANY || entry === host || (entry.startsWith('*.') && host.endsWith(entry.slice(1))),
  );
}

/** The Host header, and the target's own authority where it has one. */
function authoritiesOf({ headers, url, httpVersion }: Request): Authority[] {
  const named = headers.host;
  if (named === undefined && httpVersion !== '1.0') {
    throw new HttpError(400, 'host_missing', 'There is no Host header: send the name of the service in one.');
  }
  return [named, authorityOf(url)]
    .filter((text) => text !== undefined)
    .map((text) => {
      const authority = parseAuthority(text);
      if (authority !== undefined) return authority;
      throw new HttpError(400, 'malformed_host', `The host ${quote(text)} is neither a name nor an address.`);
    });
}

/** Of a target that is no path (RFC 9112, 3.2); `*` is the server as a whole. */
function authorityOf(target: string): string | undefined {
  if (target.startsWith('/') || target === '*') return undefined;
  const [, authority] = ABSOLUTE_FORM.exec(target) ?? [];
  if (authority !== undefined) return authority;
  throw new HttpError(400, 'malformed_target', 'What is asked for is neither a path nor an http:// address.');
}

function notAllowed(host: string): HttpError {
  return new HttpError(
    403,
    'host_not_allowed',
    `This service is not known as ${quote(host)}: ask it by one of its own names, or start it with ALLOWED_HOSTS=${host}.`,
    { value: host },
  );
}
