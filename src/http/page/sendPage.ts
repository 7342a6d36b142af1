import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Request, Response } from 'express';

/** When the program runs from source, as in tests, it takes the files that src/web/build.mjs put into dist. */
const FOLDER = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/web/' : '../../web/',
  import.meta.url,
);
/** Encodings of the files, the shortest first, and the ends of their names. */
const ENDS = { br: '.br', gzip: '.gz', identity: '' } as const;
type Encoding = keyof typeof ENDS;

interface Variant {
  readonly bytes: Buffer;
  readonly digest: string;
}

const known = new Map<string, Variant>();

/**
 * Scripts and styles come from this service alone, and none stands in the page itself. No text becomes markup: the page has no
 * policy of trusted types, so that a browser refuses every attempt.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Sends a file of the page as the build compressed it. A browser that has the file gets 304. */
export function sendPageFile(request: Request, response: Response, name: string, type: string): void {
  response.vary('Accept-Encoding');
  const encodings = Object.keys(ENDS).filter((encoding) => read(name, encoding as Encoding) !== undefined);
  const encoding = (request.acceptsEncodings(encodings) || 'identity') as Encoding;
  const { bytes, digest } = read(name, encoding)!;
  response.set({ 'Content-Type': type, ETag: `"${digest}"` });
  if (encoding !== 'identity') response.set('Content-Encoding', encoding);
  response.send(bytes);
}

/** The digest of a file by which the page names it: that of src/web/build.mjs. */
export function digestOf(name: string): string | undefined {
  return read(name, 'identity')?.digest;
}

/** Each file is read once. Pictures are not compressed. */
function read(name: string, encoding: Encoding): Variant | undefined {
  const path = `${name}${ENDS[encoding]}`;
  const before = known.get(path);
  if (before !== undefined) return before;
  const url = new URL(path, FOLDER);
  if (!existsSync(url)) return undefined;
  const bytes = readFileSync(url);
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 12);
  const variant = { bytes, digest };
  known.set(path, variant);
  return variant;
}
