import type { IncomingHttpHeaders } from 'node:http';
import { parseAuthority } from '../../net/hosts.ts';
import { HttpError } from '../problem.ts';
import type { Step } from '../step.ts';

/** Ports that an origin leaves out (RFC 6454, 6.2). */
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/**
 * Rejects what a browser sends for a page of another site. Such a page can post a form to any address that its reader's
 * browser reaches, including this machine. Browsers name the site in Sec-Fetch-Site and Origin, which no page can change.
 * curl, CI jobs and other programs send neither header. Other sites may only link here: their images, scripts, frames and
 * fetches read nothing.
 */
export const refuseCrossSite: Step = ({ method = '', headers }) => {
  if (isCrossSite(method, headers)) {
    throw new HttpError(
      403,
      'cross_site',
      'This request comes from a page of another site, which is not allowed: call this service from its own pages, or from a program.',
    );
  }
};

export function isCrossSite(method: string, headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers;
  if (isLinkFollowed(method, headers)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return origin !== undefined && !isOriginOf(origin, host);
}

/** Whether somebody follows a link (Fetch Metadata): the whole window navigates, and no form is posted. */
function isLinkFollowed(method: string, headers: IncomingHttpHeaders): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    headers.origin === undefined
  );
}

/**
 * Whether an origin and a Host header name the same server. The scheme is not compared, because behind a proxy that speaks
 * TLS the client's scheme is not ours. The origin `null` of a sandboxed page matches no server.
 */
function isOriginOf(origin: string, host: string | undefined): boolean {
  const [, scheme = '', authority = ''] = /^(https?):\/\/([^/?#@]+)$/i.exec(origin) ?? [];
  const own = parseAuthority(host ?? '');
  const other = parseAuthority(authority);
  if (own === undefined || other === undefined) return false;
  const defaultPort = DEFAULT_PORTS[scheme.toLowerCase()];
  return own.host === other.host && (own.port ?? defaultPort) === (other.port ?? defaultPort);
}
