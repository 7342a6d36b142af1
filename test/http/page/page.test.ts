import { get as httpGet, type IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE_PATHS } from '../../../src/http/page/pageFiles.ts';
import { startTestService, type TestService } from '../../support/service.ts';

/** The whole page over the wire. */
const BYTES_MAX = 100_000;
/** What Chromium asks for when somebody opens an address. */
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    access: { allowedHosts: [], token: 'a-token-of-32-characters-or-more' },
  });
});
afterAll(() => service.close());

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}

/** Asks without unpacking the answer. */
async function get(path: string, headers: Record<string, string> = {}): Promise<Got> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    httpGet(`${service.url}${path}`, { headers }, resolve).on('error', reject);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) };
}

/** The page and every file that it names, as a browser gets them. */
async function load(encoding: string): Promise<Got[]> {
  const accepted = { 'Accept-Encoding': encoding };
  const page = await get('/', { Accept: BROWSER, ...accepted });
  const html = unpacked(page);
  const links = [...html.matchAll(/(?:src|href)="(page\/[^"]+)"/g)].map(([, link]) => `/${link}`);
  return [page, ...(await Promise.all(links.map((link) => get(link, accepted))))];
}

function unpacked({ headers, bytes }: Got): string {
  const encoding = headers['content-encoding'];
  if (encoding === 'br') return brotliDecompressSync(bytes).toString();
  return (encoding === 'gzip' ? gunzipSync(bytes) : bytes).toString();
}

describe('GET /', () => {
  it.each([
    ['a browser', BROWSER, 'text/html; charset=utf-8'],
    ['curl', '*/*', 'application/json; charset=utf-8'],
    ['a program', 'application/json', 'application/json; charset=utf-8'],
  ])('gives %s its form', async (_who, accept, type) => {
    const { status, headers } = await get('/', { Accept: accept });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe(type);
    expect(headers.vary).toMatch(/\bAccept\b(?!-)/);
  });

  it('has a policy without inline scripts and styles, and a page that has neither', async () => {
    const { headers, bytes } = await get('/', { Accept: BROWSER });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("style-src 'self';");
    expect(policy).not.toContain('unsafe');
    expect(bytes.toString()).not.toMatch(/<script(?![^>]*src=)|<style|style=|\son\w+=/);
  });

  it('gets 304 while the page is the same', async () => {
    const { headers } = await get('/', { Accept: BROWSER });
    expect(headers['cache-control']).toBe('no-cache');
    const again = await get('/', { Accept: BROWSER, 'If-None-Match': String(headers.etag) });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
  });
});

describe('the files of the page', () => {
  it.each(['br', 'gzip'])('are less than 100 kB with %s', async (encoding) => {
    const files = await load(encoding);
    expect(files).toHaveLength(1 + PAGE_PATHS.length);
    const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
    console.info(`the page: ${bytes} bytes with ${encoding}`);
    expect(bytes).toBeLessThan(BYTES_MAX);
    expect(files.map(({ headers }) => headers['content-encoding'])).toContain(encoding);
  });

  it('are the same in every encoding', async () => {
    const [packed, zipped, plain] = await Promise.all([load('br'), load('gzip'), load('identity')]);
    expect(packed!.map(unpacked)).toEqual(plain!.map(unpacked));
    expect(zipped!.map(unpacked)).toEqual(plain!.map(unpacked));
    expect(unpacked(plain![1]!).length).toBeGreaterThan(0);
  });

  it('are kept for good under the address that the page names, and asked for again under another', async () => {
    const [, ...files] = await load('br');
    const kept = files.map(({ headers }) => headers['cache-control']);
    expect(kept.filter((one) => one === 'public, max-age=31536000, immutable')).toHaveLength(2);
    expect((await get('/page/app.js')).headers['cache-control']).toBe('no-cache');
    expect((await get('/page/app.js?v=of-another-version')).headers['cache-control']).toBe('no-cache');
  });

  it('have no code of the server', async () => {
    const files = await load('identity');
    const script = files.map(unpacked).join('\n');
    expect(script).toContain('The inverse of the penalty'.slice(4));
    expect(script).not.toMatch(/node:|ZodError|\bexpress\b/);
  });
});
