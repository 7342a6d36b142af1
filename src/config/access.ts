import { z } from 'zod';
import { canonicalHost, isAnyAddress, isLoopback } from '../net/hosts.ts';

/** Who may ask, and by which names. */
export interface AccessConfig {
  /** Names and addresses beside those of this machine: `name`, `*.name`, an address, or `*`. */
  readonly allowedHosts: readonly string[];
  /** What a request must show; undefined: nothing. */
  readonly token?: string;
}

/** At least as hard to guess as what the hint below makes is to type: 16 characters of any kind. */
const TOKEN_CHARS_MIN = 16;
/** A quarter of what all headers of a request may have. */
const TOKEN_CHARS_MAX = 4_096;
/** Far more names than a service has. */
const ALLOWED_HOSTS_MAX = 100;
/** The word that says that no token is wanted; too short to be one. */
const NO_TOKEN = 'none';

const tokenText = new RegExp(`^(${NO_TOKEN}|[\\x21-\\x7e]{${TOKEN_CHARS_MIN},${TOKEN_CHARS_MAX}})$`);

const hostList = z
  .string()
  .transform((text) => text.split(',').map((entry) => canonicalEntry(entry.trim())))
  .refine((entries) => entries.length <= ALLOWED_HOSTS_MAX && !entries.includes(undefined), {
    error: `wants at most ${ALLOWED_HOSTS_MAX} names or addresses with commas between and without ports, such as train.example.com,*.example.com,192.168.1.7, or * for every name`,
  })
  .transform((entries) => entries.filter((entry) => entry !== undefined));

function canonicalEntry(entry: string): string | undefined {
  if (entry === '*') return entry;
  if (!entry.startsWith('*.')) return canonicalHost(entry.replace(/^\[(.*)\]$/, '$1'));
  const name = canonicalHost(entry.slice(2));
  return name === undefined ? undefined : `*.${name}`;
}

export const accessSettings = {
  ALLOWED_HOSTS: hostList.optional(),
  TRAINPOST_TOKEN: z
    .string()
    .regex(tokenText, {
      error: `wants ${TOKEN_CHARS_MIN} to ${TOKEN_CHARS_MAX} characters without spaces and line ends (openssl rand -hex 32 makes one), or the word ${NO_TOKEN}`,
    })
    .optional(),
};

const settings = z.object({ HOST: z.string(), ...accessSettings });

export function accessConfig(vars: z.output<typeof settings>): AccessConfig {
  const own = canonicalHost(vars.HOST);
  const token = vars.TRAINPOST_TOKEN;
  return {
    allowedHosts: [...(own === undefined || isAnyAddress(own) ? [] : [own]), ...(vars.ALLOWED_HOSTS ?? [])],
    ...(token !== undefined && token !== NO_TOKEN && { token }),
  };
}

/** What the settings of access say against each other, as a line; undefined where all is well. */
export function accessMistake(host: string, token: string | undefined): string | undefined {
  const own = canonicalHost(host);
  if (token !== undefined || (own !== undefined && isLoopback(own))) return undefined;
  return (
    `HOST=${JSON.stringify(host)} lets other machines in, so TRAINPOST_TOKEN is wanted: set it ` +
    `(openssl rand -hex 32 makes one), or say with TRAINPOST_TOKEN=${NO_TOKEN} that everyone who reaches the port may train`
  );
}
