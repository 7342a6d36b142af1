import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ROUTES } from '../../src/http/openapi/paths/index.ts';
import { AnswerCheck, answerFault } from './answerCheck.ts';

const REQUEST = { method: 'GET', path: '/test' };
const JSON_TYPE = 'application/json';
const PROBLEM = 'application/problem+json';
const HELLO = '{"response":"Hello World"}';
const HEADERS = { 'request-id': '1', link: '<openapi.json>' };

const problem = (more: object) =>
  JSON.stringify({ type: '', title: '', status: 400, detail: '', code: 'malformed_path', ...more });

describe('a check of answers', () => {
  it.each([
    ['another key', { status: 200, type: JSON_TYPE, text: '{"response":"Hello World","more":1}' }],
    ['a missing key', { status: 200, type: JSON_TYPE, text: '{}' }],
    ['no JSON', { status: 200, type: JSON_TYPE, text: 'Hello World' }],
    ['another status', { status: 201, type: JSON_TYPE, text: HELLO }],
    ['another type', { status: 200, type: 'text/plain', text: 'Hello World' }],
    ['no type', { status: 200, type: '', text: 'Hello World' }],
    ['an unknown code', { status: 400, type: PROBLEM, text: problem({ code: 'x' }) }],
    ['the code of another status', { status: 400, type: PROBLEM, text: problem({ code: 'no_such_route' }) }],
    ['another key of a problem', { status: 400, type: PROBLEM, text: problem({ more: 1 }) }],
    ['a missing header', { status: 200, type: JSON_TYPE, text: HELLO, headers: { link: '' } }],
    [
      'a header of other routes',
      { status: 200, type: JSON_TYPE, text: HELLO, headers: { ...HEADERS, 'x-gate': '' } },
    ],
  ])('finds %s', (_what, answer) => {
    expect(answerFault(REQUEST, answer)).toBeTypeOf('string');
  });

  it('finds nothing about the right answer', () => {
    expect(
      answerFault(REQUEST, { status: 200, type: JSON_TYPE, text: HELLO, headers: HEADERS }),
    ).toBeUndefined();
    expect(answerFault(REQUEST, { status: 400, type: PROBLEM, text: problem({}) })).toBeUndefined();
  });

  it.each(ROUTES)('finds what is wrong about $method $path', (route) => {
    const request = { method: route.method.toUpperCase(), path: route.path.replace('{id}', 'x') };
    const fault = (status: number, type: string, text: string) =>
      answerFault(request, { status, type, text });
    expect(fault(299, JSON_TYPE, '{}')).toContain('status 299');
    for (const [status, answer] of Object.entries(route.answers)) {
      expect(fault(Number(status), 'image/webp', 'x')).toContain('image/webp');
      if (answer.json !== undefined)
        expect(fault(Number(status), JSON_TYPE, '{"odd":1}')).toBeTypeOf('string');
    }
    for (const status of route.problems)
      expect(fault(status, PROBLEM, problem({ status, code: 'odd' }))).toBeTypeOf('string');
  });
});

describe('the check of a whole service', () => {
  let server: Server;
  afterEach(() => server.close());

  async function faultsOf(listener: RequestListener, path: string): Promise<readonly string[]> {
    const check = new AnswerCheck();
    server = createServer(check.watched(listener));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)).text();
    expect(check.count).toBe(1);
    if (check.faults.length > 0) expect(() => check.end()).toThrow(/does not allow/);
    else check.end();
    return check.faults;
  }

  it('sees a body that is written in pieces', async () => {
    const listener: RequestListener = (_request, response) => {
      response.writeHead(200, { 'Content-Type': JSON_TYPE, 'Request-Id': '1', Link: '<openapi.json>' });
      response.write('{"response":');
      response.end('"Goodbye"}');
    };
    expect(await faultsOf(listener, '/test')).toEqual([expect.stringContaining('GET /test 200: ')]);
  });

  it('finds nothing about a right answer', async () => {
    const listener: RequestListener = (_request, response) => {
      response.setHeader('Content-Type', JSON_TYPE);
      response.setHeader('Request-Id', '1');
      response.setHeader('Link', '<openapi.json>');
      response.end(HELLO);
    };
    expect(await faultsOf(listener, '/test?x=1')).toEqual([]);
  });
});
