import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import { parseAuthority } from '../../net/hosts.ts';
import { HttpError } from '../problem.ts';

/** Ports that an origin leaves out (RFC 6454, 6.2). */
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/**
 * Refuses what a browser sends for a page of another site: such a page may post a form to any address its reader's
 * browser reaches, this machine's included. Browsers say so in Sec-Fetch-Site and Origin, which no page can change;
 * curl, CI jobs and other programs send neither. That somebody follows a link to here is all that is left to other
 * sites; no image, script, frame or fetch of theirs reads anything.
 */
export const refuseCrossSite: RequestHandler = (request, _response, next) => {
  if (isCrossSite(request.method, request.headers)) {
    throw new HttpError(
      403,
      'cross_site',
      'This request comes from a page of another site, which this service does not serve: call it from its own pages, or from a program.',
    );
  }
  next();
};

export function isCrossSite(method: string, headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers;
  if (isLinkFollowed(method, headers)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return origin !== undefined && !isOriginOf(origin, host);
}

/** Fetch Metadata: the whole window goes there, and it is no form that is posted. */
function isLinkFollowed(method: string, headers: IncomingHttpHeaders): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    headers.origin === undefined
  );
}

/**
 * Whether an origin and a Host header name the same server. The scheme is not compared: behind a proxy that speaks TLS
 * it is not ours. `null`, which is what a sandboxed page has, is nobody's.
 */
function isOriginOf(origin: string, host: string | undefined): boolean {
  const [, scheme = '', authority = ''] = /^(https?):\/\/([^/?#@]+)$/i.exec(origin) ?? [];
  const own = parseAuthority(host ?? '');
  const other = parseAuthority(authority);
  if (own === undefined || other === undefined) return false;
  const defaultPort = DEFAULT_PORTS[scheme.toLowerCase()];
  return own.host === other.host && (own.port ?? defaultPort) === (other.port ?? defaultPort);
}
