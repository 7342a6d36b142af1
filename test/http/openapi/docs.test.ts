import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CODE_SECTIONS, codesOf } from '../../../src/http/codes/index.ts';
import { UI_PATHS } from '../../../src/http/openapi/uiFiles.ts';
import { startTestService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    access: { allowedHosts: [], token: 'a-token-of-32-characters-or-more' },
  });
});
afterAll(() => service.close());

const get = (path: string) => request(service.server).get(path);

describe.each(['/docs', '/docs/errors'])('the page %s', (path) => {
  it('refers to files of this service alone, which are there', async () => {
    const { text } = await get(path).expect(200).expect('Content-Type', /html/);
    const links = [...text.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, link]) => link as string);
    expect(links.length).toBeGreaterThan(1);
    const own = links.filter((link) => !link.startsWith('https:'));
    for (const link of own) {
      const { pathname } = new URL(link, `http://x${path}`);
      await get(pathname).expect(200);
    }
  });

  it('has a policy that lets scripts and styles of this service run, and no inline script', async () => {
    const { headers, text } = await get(path).expect(200);
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(text).not.toMatch(/<script(?![^>]*src=)/);
  });
});

describe('the documentation', () => {
  it('has files of the right types, which a browser may keep', async () => {
    expect(UI_PATHS).toHaveLength(5);
    for (const path of UI_PATHS) {
      const response = await get(path).expect(200).expect('Cache-Control', 'no-cache');
      expect(response.headers['content-type']).toMatch(/^(?:text\/(?:css|javascript)|image\/png)/);
      await get(path).set('If-None-Match', String(response.headers['etag'])).expect(304);
    }
  });

  it('has an anchor for each code', async () => {
    const { text } = await get('/docs/errors');
    const codes = Object.values(CODE_SECTIONS).flat().flatMap(codesOf);
    expect(codes.length).toBeGreaterThan(150);
    expect(codes.filter((code) => !text.includes(`id="${code}"`))).toEqual([]);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('is what GET / names for a program', async () => {
    const { body } = await get('/')
      .expect(200)
      .expect('Vary', /Accept/);
    expect(body).toMatchObject({ docs: 'docs', openapi: 'openapi.json', postman: 'postman.json' });
    expect(body.example).toMatch(/^curl -F train_file=@data\.csv http:\/\/127\.0\.0\.1:\d+\/train$/);
  });

  it('is linked from every answer, also from errors', async () => {
    await get('/test').expect('Link', '<openapi.json>; rel="service-desc"');
    await get('/deliveries/some').expect(401).expect('Link', '<../openapi.json>; rel="service-desc"');
  });

  it.each([
    ['an unknown path', 'get', '/tarin', 404, 'no_such_route', 'docs'],
    ['an unknown path below another', 'post', '/train/now', 404, 'no_such_route', '../docs'],
    ['an unknown delivery', 'get', '/deliveries/none', 404, 'no_such_delivery', '../docs'],
    ['a probe without a model', 'get', '/ping', 404, 'no_model', 'docs'],
    ['rows without a model', 'post', '/invocations', 404, 'no_model', 'docs'],
    ['a file without a model', 'post', '/predict', 404, 'no_model', 'docs'],
    ['a form of answer that there is not', 'post', '/train', 406, 'not_acceptable', 'docs'],
    ['the same for an evaluation', 'post', '/evaluate', 406, 'not_acceptable', 'docs'],
  ] as const)(
    'is named by the answer to %s, with a line for curl',
    async (_what, method, path, status, code, docs) => {
      const { body } = await request(service.server)
        [method](path)
        .set({
          Authorization: 'Bearer a-token-of-32-characters-or-more',
          Accept: status === 406 ? 'image/png' : '*/*',
        })
        .set(method === 'post' && status === 404 ? { 'Content-Type': 'text/csv' } : {})
        .expect(status);
      expect(body).toMatchObject({ code, docs, type: `${docs}/errors#${code}` });
      expect(body.example).toMatch(/^curl -F train_file=@data\.csv http:\/\/127\.0\.0\.1:\d+\/train$/);
    },
  );

  it('takes GET and HEAD alone', async () => {
    await request(service.server)
      .post('/docs')
      .set('Authorization', 'Bearer a-token-of-32-characters-or-more')
      .expect(405);
    await request(service.server).head('/docs').expect(200);
  });
});
