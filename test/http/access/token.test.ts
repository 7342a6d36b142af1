import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOpen } from '../../../src/http/access/openRoutes.ts';
import { bearerToken } from '../../../src/http/access/token.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const TOKEN = 'correct-horse-battery';
const CSV = Buffer.from(`a,Outcome\n${Array.from({ length: 20 }, (_, i) => `${i},${i % 2}\n`).join('')}`);

describe('bearerToken', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER   a.b-c_d~e+f/g=', 'a.b-c_d~e+f/g='],
  ])('reads %j', (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'abc',
    'Basic abc',
    'Bearer a b',
    'Bearer  a\u00e9',
    'xBearer abc',
  ])('finds no token in %j', (header) => {
    expect(bearerToken(header)).toBeUndefined();
  });
});

describe('isOpen', () => {
  it.each(['/', '/test', '/health/live', '/health/ready', '/openapi.json', '/docs', '/docs/errors'])(
    '%s is',
    (path) => {
      expect(isOpen({ method: 'GET', path })).toBe(true);
      expect(isOpen({ method: 'HEAD', path })).toBe(true);
      expect(isOpen({ method: 'POST', path })).toBe(false);
    },
  );

  it.each([
    '/train',
    '/metrics',
    '/limits',
    '/deliveries',
    '/ping',
    '/health',
    '/test/',
    '/TEST',
    '/health/',
    '/health/../train',
    '//test',
  ])('%s is not', (path) => {
    expect(isOpen({ method: 'GET', path })).toBe(false);
  });
});

describe('a service with a token', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ access: { allowedHosts: [], token: TOKEN } });
  });
  afterAll(() => service.close());

  const train = () => request(service.server).post('/train').attach('train_file', CSV, 'a.csv');

  it('trains for a client that has the token', async () => {
    await train().set('Authorization', `Bearer ${TOKEN}`).expect(200);
  });

  it('says that it requires a token', async () => {
    const { status, headers, body } = await train();
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe('Bearer realm="trainpost"');
    expect(body).toMatchObject({ code: 'token_wanted', title: 'Token required' });
    expect(service.uploads()).toEqual([]);
  });

  it.each([`${TOKEN}x`, TOKEN.slice(1), TOKEN.toUpperCase(), 'x', 'x'.repeat(4000)])(
    'accepts no other token: %s',
    async (token) => {
      const { status, headers, body } = await train().set('Authorization', `Bearer ${token}`);
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toBe('Bearer realm="trainpost", error="invalid_token"');
      expect(body.code).toBe('token_wrong');
      expect(JSON.stringify(body)).not.toContain(TOKEN);
    },
  );

  it('accepts the token in no other place', async () => {
    await request(service.server).post(`/train?access_token=${TOKEN}`).expect(401);
    await train().field('access_token', TOKEN).expect(401);
    await train().set('Cookie', `token=${TOKEN}`).expect(401);
    await train().set('Proxy-Authorization', `Bearer ${TOKEN}`).expect(401);
    await train().auth('ann', TOKEN).expect(401);
  });

  it('requires the token on every other path, so that nobody learns which routes exist', async () => {
    for (const path of ['/train', '/nothing', '/metrics', '/TEST', '/test/']) {
      await request(service.server).get(path).expect(401);
    }
    await request(service.server).get('/test').expect(200);
    await request(service.server).post('/test').expect(401);
  });

  it('checks the Host header before the token', async () => {
    await request(service.server).get('/test').set('Host', 'evil.example').expect(403);
    await train().set('Host', 'evil.example').expect(403);
  });
});
