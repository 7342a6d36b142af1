import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ConfigError, TrackingRefusedError, TrackingUnreachableError } from '../../src/errors.ts';
import type { Auth } from '../../src/tracking/address.ts';
import { CallFailedError, CallRefusedError } from '../../src/tracking/callErrors.ts';
import { type Call, Connection } from '../../src/tracking/request.ts';
import { passTime, stopTime } from '../support/stoppedTime.ts';
import { answer, countingServer, type Handler, hangUp, inTurn, silence } from './countingServer.ts';

const CREATE: Call = { method: 'POST', path: '/api/2.0/mlflow/runs/create', body: { a: 1 } };
const BATCH: Call = { ...CREATE, path: '/api/2.0/mlflow/runs/log-batch', repeatable: true };
const GET: Call = { method: 'GET', path: '/version' };
const PUT: Call = {
  method: 'PUT',
  path: '/api/2.0/mlflow-artifacts/artifacts/1/model.pkl',
  body: Buffer.from('x'),
};

/** A connection that is closed at the end of the test. */
function connect(trackingUri: string, options: { auth?: Auth; timeoutMs?: number } = {}) {
  const connection = new Connection({ trackingUri, timeoutMs: 300_000, ...options });
  return {
    send: (call: Call) => connection.send(call),
    learnKeepAlive: (path: string) => connection.learnKeepAlive(path),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`resolved to ${value}`);
    },
    (error: unknown) => error,
  );
}

describe('what is sent', () => {
  test('JSON and bytes, with their types, below the prefix, and no Origin', async () => {
    await using server = await countingServer(answer(200, 'fine'));
    await using connection = connect(`${server.url}/mlflow/`);
    expect(await connection.send(CREATE)).toBe('fine');
    expect(await connection.send(PUT)).toBe('fine');
    expect(await connection.send(GET)).toBe('fine');
    const [create, put, get] = server.seen;
    expect(create).toMatchObject({
      method: 'POST',
      path: '/mlflow/api/2.0/mlflow/runs/create',
      body: '{"a":1}',
    });
    expect(create?.headers['content-type']).toBe('application/json');
    expect(put).toMatchObject({ method: 'PUT', body: 'x' });
    expect(put?.headers['content-type']).toBe('application/octet-stream');
    expect(get).toMatchObject({ method: 'GET', path: '/mlflow/version', body: '' });
    for (const { headers } of server.seen) {
      expect(headers).not.toHaveProperty('origin');
      expect(headers).not.toHaveProperty('authorization');
    }
  });

  test('over plain http each call has a connection of its own', async () => {
    await using server = await countingServer(answer(200));
    await using connection = connect(server.url);
    await connection.send(GET);
    expect(server.seen[0]?.headers.connection).toBe('close');
  });

  test.each([
    ['answers at once', 0, 'keep-alive'],
    ['waits before the body, as MLflow does with more than one worker', 45, 'close'],
  ])('unless a kept-alive one %s', async (_, delayMs, connectionHeader) => {
    // The clock goes on by what the server takes, and not by what this machine does.
    let nowMs = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(new AbortController().signal);
    onTestFinished(() => void vi.restoreAllMocks());
    const handler: Handler = (response, { headers }, count) => {
      if (headers.connection === 'keep-alive' && count > 1) nowMs += delayMs;
      response.end('3.17.2');
    };
    await using server = await countingServer(handler);
    await using connection = connect(`${server.url}/prefix`);
    await connection.learnKeepAlive('/version');
    expect(server.seen.map(({ path }) => path)).toEqual(Array(4).fill('/prefix/version'));
    await connection.send(GET);
    await connection.send(CREATE);
    expect(server.seen.slice(4).map(({ headers }) => headers.connection)).toEqual([
      connectionHeader,
      connectionHeader,
    ]);
  });

  test('a server that does not answer is not waited for to learn that', async () => {
    await using server = await countingServer(silence);
    await using connection = connect(server.url);
    await connection.learnKeepAlive('/version');
    expect(server.seen.length).toBeLessThanOrEqual(1);
  });

  test.each<[Auth, userinfo: string, expected: string | undefined]>([
    [
      { username: 'ada', password: 'gehéim:1' },
      '',
      `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode('ada:gehéim:1')))}`,
    ],
    [{ token: 'abc.def' }, '', 'Bearer abc.def'],
    [{ username: 'ada', password: 'p', token: 't' }, 'x:y@', `Basic ${btoa('ada:p')}`],
    [{ token: 't' }, 'x:y@', 'Bearer t'],
    [{}, 'ada:p%40ss@', `Basic ${btoa('ada:p@ss')}`],
    [{}, 'ada:100%@', `Basic ${btoa('ada:100%')}`],
    [{ username: 'ada' }, '', undefined],
    [{}, '', undefined],
  ])('credentials %j and %s', async (auth, userinfo, expected) => {
    await using server = await countingServer(answer(200));
    await using connection = connect(server.url.replace('//', `//${userinfo}`), { auth });
    await connection.send(GET);
    expect(server.seen[0]?.headers.authorization).toBe(expected);
  });
});

describe.concurrent('how often a call is sent', () => {
  test.each<[string, Call, Parameters<typeof answer>[0] | typeof hangUp, number]>([
    ['a create, busy', CREATE, 429, 4],
    ['a create, unavailable', CREATE, 503, 1],
    ['a create, bad gateway', CREATE, 502, 1],
    ['a create, cut off', CREATE, hangUp, 1],
    ['a create, refused', CREATE, 400, 1],
    ['a repeatable call, unavailable', BATCH, 503, 4],
    ['a repeatable call, cut off', BATCH, hangUp, 4],
    ['a repeatable call, internal error', BATCH, 500, 1],
    ['a repeatable call, refused', BATCH, 400, 1],
    ['a PUT, unavailable', PUT, 503, 4],
    ['a GET, cut off', GET, hangUp, 4],
    ['a GET, not found', GET, 404, 1],
    ['a GET, redirected', GET, 302, 1],
  ])('%s', async (_, call, reaction, times) => {
    const handler =
      typeof reaction === 'number' ? answer(reaction, '', { location: '/elsewhere' }) : reaction;
    await using server = await countingServer(handler);
    await using connection = connect(server.url);
    await failureOf(connection.send(call));
    expect(server.seen).toHaveLength(times);
  });

  test('the same bytes go again, and the first good answer counts', async () => {
    await using server = await countingServer(inTurn(answer(503), hangUp, answer(200, 'fine')));
    await using connection = connect(server.url);
    expect(await connection.send(BATCH)).toBe('fine');
    expect(server.seen.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}', '{"a":1}']);
  });

  test('the pause that the server asks for is kept', async () => {
    await using server = await countingServer(inTurn(answer(429, '', { 'retry-after': '1' }), answer(200)));
    await using connection = connect(server.url);
    const start = performance.now();
    await connection.send(CREATE);
    expect(performance.now() - start).toBeGreaterThan(990);
  });

  test('a call’s time ends its pauses too, and the failure before it is reported', async () => {
    await using server = await countingServer(answer(503, '', { 'retry-after': '5' }));
    // A little less than the pause, so that the answer may take nearly as long.
    await using connection = connect(server.url, { timeoutMs: 4_900 });
    expect(await failureOf(connection.send(GET))).toMatchObject({ code: 'mlflow_failed' });
    expect(server.seen).toHaveLength(1);
  });
});

describe('what an error says', () => {
  test('a refusal has MLflow’s code and the first line of its message', async () => {
    const body = { error_code: 'INVALID_PARAMETER_VALUE', message: 'No such thing.\n[SQL: secret]' };
    await using server = await countingServer(answer(400, body));
    await using connection = connect(server.url);
    const error = await failureOf(connection.send(CREATE));
    expect(error).toBeInstanceOf(TrackingRefusedError);
    expect(error).toBeInstanceOf(CallRefusedError);
    expect(error).toMatchObject({
      code: 'mlflow_refused',
      message: 'MLflow refused runs/create (400 INVALID_PARAMETER_VALUE): No such thing.',
      status: 400,
      errorCode: 'INVALID_PARAMETER_VALUE',
      said: body.message,
    });
  });

  test.each([
    [
      401,
      'You are not authenticated.',
      /^MLflow refused version \(401\): You are not authenticated\. Set MLFLOW_TRACKING_USERNAME/,
    ],
    [302, '', /^MLflow refused version \(302\)\. A redirect is not followed/],
    [
      404,
      '<html><title>Not Found</title>',
      /^MLflow refused version \(404\): Not Found\. Check MLFLOW_TRACKING_URI: no MLflow server of a version/,
    ],
  ])('%d', async (status, body, message) => {
    await using server = await countingServer(answer(status, body));
    await using connection = connect(server.url);
    expect(await failureOf(connection.send(GET))).toMatchObject({
      code: 'mlflow_refused',
      message: expect.stringMatching(message),
    });
  });

  test.each([
    [429, false],
    [500, true],
    [503, true],
  ])('%d is a failure; may it have been carried out: %s', async (status, ambiguous) => {
    await using server = await countingServer(answer(status, { detail: 'no luck' }));
    await using connection = connect(server.url);
    const error = await failureOf(connection.send(CREATE));
    expect(error).toBeInstanceOf(TrackingUnreachableError);
    expect(error).toMatchObject({
      code: 'mlflow_failed',
      ambiguous,
      message: `MLflow failed at runs/create (${status}): no luck.`,
    });
  });

  test('a broken connection is ambiguous', async () => {
    await using server = await countingServer(hangUp);
    await using connection = connect(server.url);
    const error = await failureOf(connection.send(CREATE));
    expect(error).toBeInstanceOf(CallFailedError);
    expect(error).toMatchObject({
      code: 'mlflow_unreachable',
      ambiguous: true,
      message: expect.stringMatching(
        /^MLflow at http:.* ends connections without a response \(UND_ERR_SOCKET\)\. If the port speaks TLS, write/,
      ),
    });
  });

  test('a connection that breaks in the middle of a response says nothing of TLS', async () => {
    await using server = await countingServer((response) => {
      response.writeHead(200, { 'content-length': '9' }).write('x');
      setTimeout(() => response.destroy(), 100);
    });
    await using connection = connect(server.url);
    expect(await failureOf(connection.send(CREATE))).toMatchObject({
      code: 'mlflow_unreachable',
      ambiguous: true,
      message: expect.not.stringContaining('https://'),
    });
  });

  test('the open message of an error has neither the address nor words of MLflow', async () => {
    await using server = await countingServer(answer(400, { error_code: 'X', message: 'secret' }));
    await using connection = connect(server.url);
    expect(await failureOf(connection.send(CREATE))).toMatchObject({
      message: 'MLflow refused runs/create (400 X): secret.',
      details: { openMessage: 'MLflow refused runs/create (400 X).' },
    });
    await using absent = connect(`http://127.0.0.1:${await unusedPort()}`);
    expect(await failureOf(absent.send(CREATE))).toMatchObject({
      message: expect.stringContaining(' at http://127.0.0.1:'),
      details: { openMessage: expect.not.stringContaining('127.0.0.1') },
    });
  });

  test('a connection that did not come about is not, and is tried four times', async () => {
    await using connection = connect(`http://ada:geheim@127.0.0.1:${await unusedPort()}`);
    const start = performance.now();
    const error = await failureOf(connection.send(CREATE));
    expect(performance.now() - start).toBeGreaterThan(300);
    expect(error).toMatchObject({
      code: 'mlflow_unreachable',
      ambiguous: false,
      message: expect.stringMatching(/ECONNREFUSED/),
    });
    expect(String(error)).not.toMatch(/geheim/);
  });

  test('silence is a time-out', async () => {
    await using server = await countingServer(silence);
    await using connection = connect(server.url, { timeoutMs: 300 });
    stopTime();
    const failure = failureOf(connection.send(GET));
    await expect.poll(() => server.seen.length).toBe(1);
    const error = await passTime(300, failure);
    expect(error).toBeInstanceOf(TrackingUnreachableError);
    expect(error).toMatchObject({
      code: 'mlflow_timeout',
      ambiguous: true,
      message: 'MLflow did not answer version within 0.3 s.',
    });
    expect(server.seen).toHaveLength(1);
  });

  test('an answer that trickles is a time-out too', async () => {
    await using server = await countingServer((response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(timer));
    });
    await using connection = connect(server.url, { timeoutMs: 300 });
    expect(await failureOf(connection.send(GET))).toMatchObject({ code: 'mlflow_timeout' });
  });

  test('a call’s own time counts more than the connection’s', async () => {
    await using server = await countingServer(silence);
    await using connection = connect(server.url, { timeoutMs: 60_000 });
    expect(await failureOf(connection.send({ ...GET, timeoutMs: 100 }))).toMatchObject({
      code: 'mlflow_timeout',
    });
  });
});

describe('bounded bodies', () => {
  test('of an error 64 kB are read', async () => {
    await using server = await countingServer(answer(400, 'x'.repeat(20 * 2 ** 20)));
    await using connection = connect(server.url);
    const error = await failureOf(connection.send(GET));
    expect(error).toMatchObject({ said: 'x'.repeat(64 * 2 ** 10) });
    expect(String(error).length).toBeLessThan(500);
  });

  test.each([400, 200])('a %d that never ends is not read to its end', async (status) => {
    await using server = await countingServer((response) => {
      response.writeHead(status);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(2 ** 16)));
      };
      response.on('drain', more);
      more();
    });
    await using connection = connect(server.url);
    expect(await failureOf(connection.send(GET))).toMatchObject({ code: 'mlflow_refused' });
  });

  test('an answer of more than 4 MB is not from MLflow', async () => {
    await using server = await countingServer(answer(200, 'x'.repeat(4 * 2 ** 20 + 1)));
    await using connection = connect(server.url);
    expect(await failureOf(connection.send(GET))).toMatchObject({ code: 'mlflow_refused' });
    expect(server.seen).toHaveLength(1);
  });

  test('4 MB is fine', async () => {
    const text = 'x'.repeat(4 * 2 ** 20);
    await using server = await countingServer(answer(200, text));
    await using connection = connect(server.url);
    expect(await connection.send(GET)).toBe(text);
  });
});

describe('settings that cannot be used', () => {
  test.each(['databricks', './mlruns', 'file:///tmp/mlruns', 'sqlite:///mlflow.db', 'ftp://host/', ''])(
    '%j',
    (uri) => {
      expect(() => connect(uri)).toThrow(ConfigError);
      expect(() => connect(uri)).toThrow(expect.objectContaining({ code: 'tracking_uri_not_http' }));
    },
  );

  test.each(['geheim\n', 'ge heim', 'geheïm', ''])('token %j, which is not shown', (token) => {
    const make = () => connect('http://127.0.0.1:5000', { auth: { token } });
    expect(make).toThrow(expect.objectContaining({ code: 'tracking_token_invalid' }));
    expect(make).not.toThrow(/geheim/);
  });
});

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
