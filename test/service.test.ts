import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config/index.ts';
import { createLogger } from '../src/log/logger.ts';
import { connectMlflow } from '../src/service/mlflow.ts';
import { type Service, startService } from '../src/service.ts';
import { unusedPort } from './support/mlflowServer.ts';
import { THREAD } from './support/service.ts';

const TOKEN = 'correct-horse-battery';
const CSV = `a,Outcome\n${Array.from({ length: 20 }, (_, i) => `${i},${i % 2}\n`).join('')}`;

/** Starts the real service. `lines` are the lines of its log. */
async function start(env: Readonly<Record<string, string>>) {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-service-'));
  const lines: string[] = [];
  const log = createLogger('trace', { write: (line) => void lines.push(line) });
  const config = readConfig({
    PORT: '0',
    TEMP_DIR: join(dir, 'temp'),
    SPOOL_DIR: join(dir, 'spool'),
    MLFLOW_WAIT_MS: '100',
    TRAINING_THREADS: '1',
    TRAINING_HELPERS: '1',
    ...env,
  });
  const service = await startService(config, log, THREAD);
  const stop = async () => {
    await service.stop();
    rmSync(dir, { recursive: true });
  };
  return { service, lines, stop };
}

function train({ url }: Service, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const form = new FormData();
  form.set('train_file', new Blob([CSV]), 'a.csv');
  return fetch(`${url}/train`, { method: 'POST', body: form, headers });
}

/** Sends bytes, and returns everything that comes back. */
async function raw({ url }: Service, bytes: string): Promise<string> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
  socket.write(bytes);
  const answer = await text(socket);
  socket.end();
  return answer;
}

describe('the whole service', () => {
  let running: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    const MLFLOW_TRACKING_URI = `http://127.0.0.1:${await unusedPort()}`;
    running = await start({
      TRAINPOST_TOKEN: TOKEN,
      ALLOWED_HOSTS: 'train.example.com',
      MLFLOW_TRACKING_URI,
    });
  });
  afterAll(() => running.stop());

  it('needs the token, except for probes', async () => {
    const refused = await train(running.service);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="trainpost"',
    ]);
    expect((await fetch(`${running.service.url}/test`)).status).toBe(200);
    const letIn = await fetch(`${running.service.url}/train`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${TOKEN}` },
    });
    expect(letIn.status).toBe(415);
  });

  it.each([
    ['GET /test HTTP/1.1\r\nHost: train.example.com\r\nConnection: close\r\n\r\n', 200, ''],
    ['GET /test HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n', 403, 'host_not_allowed'],
    ['GET /test HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'host_missing'],
    ['noise\r\n\r\n', 400, 'malformed_http'],
    ['CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n', 405, 'method_not_allowed'],
    [
      'POST /train HTTP/1.1\r\nHost: localhost\r\nExpect: x\r\nContent-Length: 1\r\n\r\n',
      417,
      'unknown_expectation',
    ],
  ])('answers %j with %d', async (bytes, status, code) => {
    const answer = await raw(running.service, bytes);
    expect(answer.split('\r\n', 1)[0]).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toContain(code);
  });
});

describe("a secret for MLflow's server", () => {
  const SENT = new Set(['Basic d2FuZGE6c2UtY3JldA==', 'Bearer se-cret']);
  const SECRET = /se-cret|se%2Dcret|d2FuZGE6c2UtY3JldA|wanda/;

  it.each([
    ['in the address', { MLFLOW_TRACKING_URI: 'http://wanda:se%2Dcret@127.0.0.1' }],
    [
      'as a name and a password',
      {
        MLFLOW_TRACKING_URI: 'http://127.0.0.1',
        MLFLOW_TRACKING_USERNAME: 'wanda',
        MLFLOW_TRACKING_PASSWORD: 'se-cret',
      },
    ],
    ['as a token', { MLFLOW_TRACKING_URI: 'http://127.0.0.1', MLFLOW_TRACKING_TOKEN: 'se-cret' }],
  ])('is sent to MLflow, and shown nowhere: %s', async (_name, env) => {
    const seen: (string | undefined)[] = [];
    const mlflow = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(503).end('down');
    });
    mlflow.listen(0, '127.0.0.1');
    await once(mlflow, 'listening');
    const { port } = mlflow.address() as AddressInfo;
    const config = readConfig({ ...env, MLFLOW_TRACKING_URI: `${env.MLFLOW_TRACKING_URI}:${port}` });
    const found = async () => {
      const connection = connectMlflow(config.mlflow, '', () => {});
      const says = await connection.found;
      await connection.stop();
      return says;
    };
    const whileDown = await found();
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter((header) => !SENT.has(header ?? ''))).toEqual([]);
    mlflow.close();
    mlflow.closeAllConnections();
    const whileAway = await found();
    expect(whileDown).toContain('503');
    expect(whileAway).toContain(`http://127.0.0.1:${port}`);
    expect(whileDown + whileAway).not.toMatch(SECRET);
  });

  it('appears neither in an answer nor in the log', async () => {
    const port = await unusedPort();
    const { service, lines, stop } = await start({
      MLFLOW_TRACKING_URI: `http://wanda:se%2Dcret@127.0.0.1:${port}`,
      TRAINPOST_TOKEN: TOKEN,
    });
    try {
      const answer = await train(service, { Authorization: `Bearer ${TOKEN}` });
      expect(answer.status).not.toBe(401);
      const shown = [await service.mlflow.found, await answer.text(), ...lines].join('');
      expect(shown).toContain(`http://127.0.0.1:${port}`);
      expect(shown).not.toMatch(SECRET);
      expect(shown).not.toContain(TOKEN);
    } finally {
      await stop();
    }
  });
});
