import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isCrossSite } from '../../../src/http/access/crossSite.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const host = 'localhost:5005';
const LINK = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

describe('isCrossSite', () => {
  it.each<[string, string, Record<string, string>]>([
    ['a program', 'POST', {}],
    ['a program without a Host header', 'POST', { host: '' }],
    ['a page of ours', 'POST', { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:5005' }],
    ['an older browser on a page of ours', 'POST', { origin: 'http://localhost:5005' }],
    ['a page of ours in capitals', 'POST', { origin: 'http://LOCALHOST:5005' }],
    ['a typed address', 'GET', { 'sec-fetch-site': 'none', ...LINK }],
    ['a followed link', 'GET', { 'sec-fetch-site': 'cross-site', ...LINK }],
    ['a page behind a proxy that speaks TLS', 'POST', { host: 'a.example', origin: 'https://a.example' }],
    ['the same page with its port', 'POST', { host: 'a.example:443', origin: 'https://a.example' }],
    ['a page on port 80', 'POST', { host: 'a.example', origin: 'http://a.example:80' }],
    ['a page by IPv6', 'POST', { host: '[::1]:5005', origin: 'http://[::1]:5005' }],
  ])('%s is not', (_name, method, headers) => {
    expect(isCrossSite(method, { host, ...headers })).toBe(false);
  });

  it.each<[string, string, Record<string, string>]>([
    ['a form of another site', 'POST', { 'sec-fetch-site': 'cross-site', ...LINK }],
    ['a form of a page on another port', 'POST', { 'sec-fetch-site': 'same-site' }],
    ['an unknown word', 'POST', { 'sec-fetch-site': 'unknown' }],
    ['two words', 'POST', { 'sec-fetch-site': 'none, cross-site' }],
    ['an empty word', 'POST', { 'sec-fetch-site': '' }],
    ['a form in an older browser', 'POST', { origin: 'http://evil.example' }],
    ['a page on another port', 'POST', { origin: 'http://localhost:3000' }],
    ['a sandboxed page', 'POST', { origin: 'null' }],
    ['an origin with a path', 'POST', { origin: 'http://localhost:5005/' }],
    ['an origin with a user', 'POST', { origin: 'http://x@localhost:5005' }],
    ['an empty origin', 'POST', { origin: '' }],
    ['two origins', 'POST', { origin: 'http://localhost:5005, http://evil.example' }],
    ['another scheme', 'POST', { origin: 'file://localhost:5005' }],
    ['a longer name', 'POST', { origin: 'http://localhost:5005.evil.example' }],
    [
      'a page that contradicts itself',
      'POST',
      { 'sec-fetch-site': 'same-origin', origin: 'http://evil.example' },
    ],
    ['an origin without a Host header', 'POST', { host: '', origin: 'http://localhost:5005' }],
    ['the default port of the other scheme', 'POST', { host: 'a.example:80', origin: 'https://a.example' }],
    ['DELETE', 'DELETE', { 'sec-fetch-site': 'cross-site' }],
    [
      'a fetch',
      'GET',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    ],
    [
      'an image',
      'GET',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    ],
    [
      'a frame',
      'GET',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ],
    [
      'a link with an origin',
      'GET',
      { 'sec-fetch-site': 'cross-site', origin: 'http://evil.example', ...LINK },
    ],
  ])('%s is', (_name, method, headers) => {
    expect(isCrossSite(method, { host, ...headers })).toBe(true);
  });
});

describe('a page of another site', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService();
  });
  afterAll(() => service.close());

  const evil = { Host: host, Origin: 'http://evil.example', 'Sec-Fetch-Site': 'cross-site' };

  it('cannot train, and its form is not kept', async () => {
    const { status, body } = await request(service.server)
      .post('/train')
      .set(evil)
      .attach('train_file', Buffer.from('a,Outcome\n1,0\n2,1\n'), 'a.csv');
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'cross_site' });
    expect(service.uploads()).toEqual([]);
    expect(service.desk.entries).toEqual([]);
  });

  it.each(['OPTIONS', 'GET', 'POST'] as const)('gets no CORS headers: %s', async (method) => {
    for (const path of ['/train', '/test', '/nothing']) {
      const { status, headers } = await request(service.server)
        [method.toLowerCase() as 'options'](path)
        .set({ ...evil, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x' });
      expect(status).toBe(403);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('may link here', async () => {
    await request(service.server)
      .get('/test')
      .set({
        Host: host,
        'Sec-Fetch-Site': 'cross-site',
        'Sec-Fetch-Mode': 'navigate',
        'Sec-Fetch-Dest': 'document',
      })
      .expect(200);
  });
});

describe('every response', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService();
  });
  afterAll(() => service.close());

  it.each(['/test', '/nothing'])('of %s tells browsers not to share its content', async (path) => {
    const { headers } = await request(service.server).get(path);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(Object.keys(headers)).not.toContain('x-powered-by');
    expect(Object.keys(headers)).not.toContain('strict-transport-security');
  });
});
