import { isIPv4, isIPv6 } from 'node:net';

/** The server that a Host header, an Origin or the authority of an address names. */
export interface Authority {
  /** In the form of `canonicalHost`. */
  readonly host: string;
  readonly port?: number;
}

/** The longest name that there can be (RFC 1035, 2.3.4). */
const NAME_CHARS_MAX = 253;
const PORT_MAX = 65_535;
/** Labels of letters, digits, hyphens, and the underscore that names of containers have. */
const NAME = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;
/** IPv4 within IPv6 (RFC 4291, 2.5.5.2), as a URL writes it. */
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * Writes a name or an address in one form; undefined for any other text, such as `user@host` or `a b`. The form is lower
 * case, without a dot at the end; IPv6 is compressed and has no brackets; IPv4 within IPv6 becomes IPv4. An IPv4 address
 * has four decimal numbers: `0x7f.1` is a name.
 */
export function canonicalHost(text: string): string | undefined {
  if (isIPv6(text)) return text.includes('%') ? undefined : canonicalIPv6(text);
  const name = text.toLowerCase().replace(/\.$/, '');
  return name.length <= NAME_CHARS_MAX && NAME.test(name) ? name : undefined;
}

function canonicalIPv6(text: string): string {
  const compressed = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const [, high, low] = MAPPED.exec(compressed) ?? [];
  if (high === undefined || low === undefined) return compressed;
  const number = (Number.parseInt(high, 16) << 16) | Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((bits) => (number >>> bits) & 0xff).join('.');
}

/** Reads `name`, `name:80`, `127.0.0.1:80`, `[::1]:80` (RFC 3986, 3.2.2); undefined for any other text. */
export function parseAuthority(text: string): Authority | undefined {
  const [, inBrackets, bare, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{0,5}))?$/.exec(text) ?? [];
  const host = inBrackets === undefined ? canonicalHost(bare ?? '') : bracketed(inBrackets);
  const port = digits ? Number(digits) : undefined;
  if (host === undefined || (port !== undefined && port > PORT_MAX)) return undefined;
  return { host, ...(port !== undefined && { port }) };
}

function bracketed(text: string): string | undefined {
  return isIPv6(text) ? canonicalHost(text) : undefined;
}

/** Whether a canonical host is always this machine: 127.0.0.0/8, ::1 and localhost (RFC 6761, 6.3). No resolver is asked. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** Whether a canonical host stands for every address of this machine. */
export function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
