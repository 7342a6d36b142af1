import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../src/config/index.ts';
import { type Service, startService } from '../src/service.ts';
import { byLabel, faultsOf, readExposition, readingOf } from './support/exposition.ts';
import { unusedPort } from './support/mlflowServer.ts';
import { THREAD } from './support/service.ts';

interface Watched {
  readonly service: Service;
  readonly tempDir: string;
  readonly lines: Record<string, unknown>[];
}

const started: Service[] = [];
const standIns: Server[] = [];
const dirs: string[] = [];
afterAll(async () => {
  await Promise.all(started.map((service) => service.stop()));
  for (const server of standIns) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
});

/** The whole service, before what stands where MLflow stands. */
async function start(trackingUri: string, env: Record<string, string> = {}): Promise<Watched> {
  const tempDir = mkdtempSync(join(tmpdir(), 'trainpost-watch-'));
  dirs.push(tempDir);
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const config = readConfig({ PORT: '0', MLFLOW_TRACKING_URI: trackingUri, TEMP_DIR: tempDir, ...env });
  const service = await startService(config, { logger: pino(sink), say: () => undefined }, THREAD);
  started.push(service);
  return { service, tempDir, lines };
}

async function standIn(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  standIns.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Report {
  readonly ready: boolean;
  readonly checks: Record<string, { readonly ok: boolean; readonly reason?: string }>;
}

async function ready(
  { service }: Watched,
  query = '',
): Promise<{ status: number; report: Report; text: string }> {
  const response = await fetch(`${service.url}/health/ready${query}`);
  const text = await response.text();
  return { status: response.status, report: JSON.parse(text) as Report, text };
}

/** Threads take a moment to start; what is looked for comes after that. */
const warm = (watched: Watched) =>
  vi.waitFor(
    async () => expect((await ready(watched)).report.checks['threads']).toEqual({ ok: true }),
    30_000,
  );

describe('GET /health/ready of the whole service', () => {
  let asked = 0;
  let mlflow: string;
  let healthy: Watched;
  beforeAll(async () => {
    mlflow = await standIn((_request, response) => {
      asked += 1;
      response.end('OK');
    });
    healthy = await start(mlflow);
    await warm(healthy);
  }, 60_000);

  it('is 200 where everything is there', async () => {
    expect(await ready(healthy)).toMatchObject({
      status: 200,
      report: {
        ready: true,
        checks: { running: { ok: true }, threads: { ok: true }, disk: { ok: true }, mlflow: { ok: true } },
      },
    });
  });

  it('asks MLflow once for many probes', async () => {
    const before = asked;
    await Promise.all(Array.from({ length: 50 }, () => ready(healthy)));
    expect(asked - before).toBeLessThanOrEqual(1);
  });

  it.each<[string, () => Promise<string>]>([
    ['is not there', async () => `http://127.0.0.1:${await unusedPort()}`],
    ['says that it fails', () => standIn((_request, response) => response.writeHead(500).end('/srv/secret'))],
    ['refuses', () => standIn((_request, response) => response.writeHead(403).end('/srv/secret'))],
    ['never answers', () => standIn(() => undefined)],
  ])(
    'is 503 where MLflow %s, and 200 for who does not ask for it',
    async (_name, uri) => {
      const trackingUri = await uri();
      const watched = await start(trackingUri);
      await warm(watched);
      const { status, report, text } = await ready(watched);
      expect(status).toBe(503);
      expect(report).toMatchObject({
        ready: false,
        checks: {
          disk: { ok: true },
          mlflow: { ok: false, reason: 'MLflow does not answer; the log says why.' },
        },
      });
      // Anybody may ask: neither the address of MLflow nor what it says is theirs.
      expect(text).not.toContain(new URL(trackingUri).port);
      expect(text).not.toContain('secret');
      expect(await ready(watched, '?exclude=mlflow')).toMatchObject({ status: 200, report: { ready: true } });
      const said = watched.lines.filter((line) => line['check'] === 'mlflow');
      expect(said).toHaveLength(1);
      expect(said[0]?.['cause']).toMatch(/MLflow/);
    },
    60_000,
  );

  it('is 503 where the folder for uploads is gone', async () => {
    const watched = await start(mlflow);
    rmSync(watched.tempDir, { recursive: true });
    await warm(watched);
    const { status, report, text } = await ready(watched);
    expect(status).toBe(503);
    expect(report.checks['disk']).toEqual({
      ok: false,
      reason: 'The folder for uploads cannot be written to; the log says why.',
    });
    expect(text).not.toContain(watched.tempDir);
  }, 60_000);

  it('has its metrics', async () => {
    const families = readExposition(await (await fetch(`${healthy.service.url}/metrics`)).text());
    expect(faultsOf(families)).toEqual([]);
    expect(byLabel(families, 'trainpost_check_ok', 'check')).toEqual({
      running: 1,
      threads: 1,
      disk: 1,
      mlflow: 1,
    });
    expect(readingOf(families, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    expect(readingOf(families, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(readingOf(families, 'trainpost_build_info', { node_version: process.versions.node })).toBe(1);
  });
});
