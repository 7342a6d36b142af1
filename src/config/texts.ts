import { z } from 'zod';
import { canonicalHost } from '../net/hosts.ts';
import { type Kind, mustBe } from './kind.ts';

export const text: Kind<string> = { allowed: 'any text', schema: z.string() };
export const path: Kind<string> = { ...text, allowed: 'the path of a folder' };
export const host: Kind<string> = { ...text, allowed: 'a name or an address' };

/** As MLflow's own client reads it. */
const BOOLEANS = 'true, false, 1 or 0';
export const boolean: Kind<boolean> = {
  allowed: BOOLEANS,
  schema: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false', '1', '0'], mustBe(BOOLEANS)))
    .transform((word) => word === 'true' || word === '1'),
};

const oneOf = <const Word extends string>(words: readonly Word[]): Kind<Word> => {
  const allowed = `one of ${words.join(', ')}`;
  return { allowed, schema: z.enum(words, mustBe(allowed)) as unknown as z.ZodType<Word, string> };
};

/** What a model's signature says about numbers. */
export const signatureKind = oneOf(['inferred', 'any', 'none']);

export const logLevel = oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']);

const matching = (pattern: RegExp, allowed: string): Kind<string> => ({
  allowed,
  schema: z.string().regex(pattern, mustBe(allowed)),
});

/** MLflow takes no other characters in the name of a logged model. */
export const modelName = matching(
  /^[^/:.%"'#?]{1,250}$/,
  '1 to 250 characters, and none of the characters / : . % " \' # ?',
);

/** MLflow's own rule for the name of a workspace. */
export const workspace = matching(
  /^[a-z0-9][-a-z0-9]{0,61}[a-z0-9]$/,
  'the name of a workspace: 2 to 63 lower-case letters, digits and hyphens inside',
);

/** What a header can carry as a bearer token. */
export const headerToken = matching(
  /^[\x21-\x7e]+$/,
  'a token without spaces, line ends and other characters that no header can have',
);

/** Turns the token off. The word is too short to be a token. */
export const NO_TOKEN = 'none';
/** A random token of 16 characters cannot be guessed, and can still be typed. */
const TOKEN_CHARS_MIN = 16;
/** A quarter of the 16 KiB that all headers of a request may have. */
const TOKEN_CHARS_MAX = 4_096;
export const serviceToken = matching(
  new RegExp(`^(${NO_TOKEN}|[\\x21-\\x7e]{${TOKEN_CHARS_MIN},${TOKEN_CHARS_MAX}})$`),
  `${TOKEN_CHARS_MIN} to ${TOKEN_CHARS_MAX} characters without spaces and line ends (openssl rand -hex 32 makes one), or the word ${NO_TOKEN}`,
);

const HTTP_URL = 'an http:// or https:// address of an MLflow server, such as http://127.0.0.1:5000';
export const httpUrl: Kind<string> = {
  allowed: HTTP_URL,
  schema: z
    .string()
    .refine((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol), mustBe(HTTP_URL))
    .transform((url) => url.replace(/\/+$/, '')),
};

const PUBLIC_URL = 'an address without name and password, because everyone sees it in answers';
export const publicUrl: Kind<string> = {
  allowed: 'an http:// or https:// address without name and password',
  schema: httpUrl.schema.refine((url) => !url.includes('@'), mustBe(PUBLIC_URL)),
};

/** Far more names than a service has. */
const HOSTS_MAX = 100;
const HOSTS = `at most ${HOSTS_MAX} names or addresses without ports, separated by commas, such as train.example.com,*.example.com,192.168.1.7, or * for every name`;
export const hosts: Kind<string[]> = {
  allowed: HOSTS,
  schema: z
    .string()
    .transform((list) => list.split(',').map((entry) => canonicalEntry(entry.trim())))
    .refine((entries) => entries.length <= HOSTS_MAX && !entries.includes(undefined), mustBe(HOSTS))
    .transform((entries) => entries.filter((entry) => entry !== undefined)),
};

/** A name, `*.name`, an address or `*` in the form of `canonicalHost`; undefined for anything else. */
function canonicalEntry(entry: string): string | undefined {
  if (entry === '*') return entry;
  if (!entry.startsWith('*.')) return canonicalHost(entry.replace(/^\[(.*)\]$/, '$1'));
  const name = canonicalHost(entry.slice(2));
  return name === undefined ? undefined : `*.${name}`;
}
