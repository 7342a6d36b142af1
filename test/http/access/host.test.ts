import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAllowedHost } from '../../../src/http/access/host.ts';
import { RawClient } from '../../support/rawHttp.ts';
import { startTestService, type TestService } from '../../support/service.ts';

describe('isAllowedHost', () => {
  it.each<[string, string[], string?]>([
    ['localhost', []],
    ['127.0.0.1', []],
    ['127.9.9.9', []],
    ['::1', []],
    ['train.example.com', ['train.example.com']],
    ['a.example.com', ['*.example.com']],
    ['a.b.example.com', ['*.example.com']],
    ['10.0.0.5', ['10.0.0.5']],
    ['any.evil', ['*']],
    ['172.18.0.3', [], '172.18.0.3'],
    ['172.18.0.3', [], '::ffff:172.18.0.3'],
    ['2001:db8::1', [], '2001:db8::1'],
  ])('%s is if %j is allowed', (host, allowed, localAddress) => {
    expect(isAllowedHost(host, allowed, localAddress)).toBe(true);
  });

  it.each<[string, string[], string?]>([
    ['evil.com', []],
    ['127.0.0.1.evil.com', []],
    ['localhost.evil.com', []],
    ['notlocalhost', []],
    ['10.evil.example', ['10.0.0.5', '*.0.0.5']],
    ['example.com', ['*.example.com']],
    ['evilexample.com', ['*.example.com']],
    ['example.com.evil', ['*.example.com', 'example.com']],
    ['xtrain.example.com', ['train.example.com']],
    ['0x7f.1', []],
    ['127.1', []],
    ['2130706433', []],
    ['0.0.0.0', []],
    ['::', []],
    ['172.18.0.4', [], '172.18.0.3'],
    ['undefined', []],
  ])('%s is not if %j is allowed', (host, allowed, localAddress) => {
    expect(isAllowedHost(host, allowed, localAddress)).toBe(false);
  });
});

describe('the Host header', () => {
  let service: TestService;
  let raw: RawClient;
  beforeAll(async () => {
    service = await startTestService({ access: { allowedHosts: ['train.example.com', '*.lab.example'] } });
    raw = new RawClient(service.server);
  });
  afterAll(() => service.close());

  const ask = (host: string) => request(service.server).get('/test').set('Host', host);

  it.each([
    'localhost',
    'LOCALHOST.:5005',
    '[::1]:5005',
    '127.0.0.1:1',
    'train.example.com',
    'a.lab.example:80',
  ])('may be %s', async (host) => {
    await ask(host).expect(200);
  });

  it.each(['evil.example', '127.0.0.1.evil.com', 'localhost.evil.com', 'lab.example', '0x7f.1', '10.0.0.1'])(
    'may not be %s, and the response says what to set',
    async (host) => {
      const { body, status } = await ask(host);
      expect(status).toBe(403);
      expect(body).toMatchObject({ code: 'host_not_allowed', value: host });
      expect(body.detail).toContain(`ALLOWED_HOSTS=${host}`);
    },
  );

  it.each(['user@localhost', 'localhost@evil.example', '[::1', 'local host', 'localhost:99999', 'a,b'])(
    'cannot be %j',
    async (host) => {
      const { body, status } = await ask(host);
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'malformed_host' });
    },
  );

  it.each<[string, string, number, string | undefined]>([
    ['missing', 'GET /test HTTP/1.1\r\n\r\n', 400, 'host_missing'],
    ['missing, in HTTP/1.0', 'GET /test HTTP/1.0\r\n\r\n', 200, undefined],
    ['another site, in HTTP/1.0', 'GET /test HTTP/1.0\r\nHost: evil\r\n\r\n', 403, 'host_not_allowed'],
    ['empty', 'GET /test HTTP/1.1\r\nHost:\r\n\r\n', 400, 'malformed_host'],
    ['repeated', 'GET /test HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n', 400, 'repeated_header'],
    [
      'repeated, with another site',
      'GET /test HTTP/1.1\r\nHost: localhost\r\nhOST: evil\r\n\r\n',
      400,
      'repeated_header',
    ],
    [
      'repeated in the target',
      'GET http://localhost/test HTTP/1.1\r\nHost: localhost\r\n\r\n',
      200,
      undefined,
    ],
    [
      'another site in the target',
      'GET http://evil/test HTTP/1.1\r\nHost: localhost\r\n\r\n',
      403,
      'host_not_allowed',
    ],
    [
      'another site, and ours in the target',
      'GET http://localhost/test HTTP/1.1\r\nHost: evil\r\n\r\n',
      403,
      'host_not_allowed',
    ],
    [
      'a user in the target',
      'GET http://localhost@evil/test HTTP/1.1\r\nHost: localhost\r\n\r\n',
      400,
      'malformed_host',
    ],
    ['another scheme', 'GET ftp://evil/test HTTP/1.1\r\nHost: localhost\r\n\r\n', 400, 'malformed_target'],
    [
      'another site, and ours in forwarding headers',
      'GET /test HTTP/1.1\r\nHost: evil\r\nX-Forwarded-Host: localhost\r\nForwarded: host=localhost\r\n\r\n',
      403,
      'host_not_allowed',
    ],
  ])('%s', async (_name, bytes, status, code) => {
    const { answers, rest, end } = await raw.send(bytes);
    expect({ rest, end }).toEqual({ rest: '', end: 'closed' });
    expect(answers.map((answer) => [answer.status, JSON.parse(answer.body).code])).toEqual([[status, code]]);
  });
});
