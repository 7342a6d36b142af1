import { canonicalHost, isAnyAddress, isLoopback } from '../net/hosts.ts';
import { NO_TOKEN } from './texts.ts';

interface Access {
  readonly allowedHosts: string[];
  readonly token?: string;
}

/** Adds the host that the service listens on to the allowed ones, and drops the word that stands for no token. */
export function accessOf(host: string, { allowedHosts, token }: Access): Access {
  const own = canonicalHost(host);
  return {
    allowedHosts: [...(own === undefined || isAnyAddress(own) ? [] : [own]), ...allowedHosts],
    ...(token !== undefined && token !== NO_TOKEN && { token }),
  };
}

/** The line for a host that other machines reach while no token is set; undefined if all is well. */
export function accessMistake(host: string, token: string | undefined): string | undefined {
  const own = canonicalHost(host);
  if (token !== undefined || (own !== undefined && isLoopback(own))) return undefined;
  return (
    `HOST=${JSON.stringify(host)} lets other machines in, so TRAINPOST_TOKEN must be set: set a token ` +
    `(openssl rand -hex 32 makes one), or set TRAINPOST_TOKEN=${NO_TOKEN} to let everyone train who reaches the port`
  );
}
