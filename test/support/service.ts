import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import type { ConnectionsConfig } from '../../src/config/connections.ts';
import { readConfig } from '../../src/config/index.ts';
import { limitsOf } from '../../src/config/limits.ts';
import type { UploadConfig } from '../../src/config/upload.ts';
import { type PoolOptions, TrainingPool } from '../../src/engine/pool.ts';
import { serve } from '../../src/http/access/sockets.ts';
import { type AccessOptions, createApp } from '../../src/http/app.ts';
import { createHttpServer } from '../../src/http/connections.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import { Readiness, type ReadinessOptions } from '../../src/observability/readiness.ts';
import type { DeliveryDesk } from '../../src/training/deliveries.ts';
import { UnderWay } from '../../src/training/underWay.ts';
import { RecordingDesk } from './recordingDesk.ts';

/** The thread's entry for tests is the built one: a thread does not inherit the test runner's transform. */
export const THREAD = new URL('../../dist/engine/thread.js', import.meta.url);

/** Every time-out that a test is not about: only a hang exceeds it. */
export const PATIENCE_MS = 600_000;
/** Requests that tests write by hand ask for `x`. */
const TEST_ACCESS: AccessOptions = { allowedHosts: ['x'] };

export interface TestService {
  readonly server: Server;
  readonly pool: TrainingPool;
  readonly url: string;
  readonly desk: RecordingDesk;
  readonly underWay: UnderWay;
  /** Every line that was logged, parsed. */
  readonly lines: Record<string, unknown>[];
  /** What lies in the folder for uploads now. */
  uploads(): string[];
  close(): Promise<void>;
}

export interface TestServiceOptions {
  readonly fileBytesMax?: number;
  /** Those that are given are in the place of the defaults. */
  readonly upload?: Partial<UploadConfig>;
  readonly pool?: Partial<PoolOptions>;
  readonly connections?: Partial<ConnectionsConfig>;
  readonly modelName?: string;
  readonly access?: AccessOptions;
  /** Instead of one whose lines are kept. */
  readonly logger?: Logger;
  readonly checks?: ReadinessOptions['checks'];
  /** Instead of the recorder. */
  readonly deliveries?: DeliveryDesk;
  readonly wait?: { readonly defaultMs: number; readonly maxMs: number };
}

/** The real app on a real port, with real threads; only what comes after the fit is the recorder's. */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-test-'));
  const config = readConfig({});
  const fileBytesMax = options.fileBytesMax ?? 10_000_000;
  const times = { stallMs: PATIENCE_MS, timeoutMs: PATIENCE_MS };
  const upload = { ...config.upload, ...times, dir, fileBytesMax, ...options.upload };
  const pool = new TrainingPool({
    threads: 1,
    waitingMax: 16,
    timeoutMs: PATIENCE_MS,
    helpers: 1,
    read: { unfoldedBytesMax: upload.fileBytesMax, limits: upload.table },
    thread: THREAD,
    ...options.pool,
  });
  const desk = new RecordingDesk();
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const logger = options.logger ?? pino({ base: null }, sink);
  const underWay = new UnderWay();
  const readiness = new Readiness({ checks: options.checks ?? {} });
  const metrics = new Metrics({
    version: '0.0.0',
    trainings: () => pool.counts(),
    threads: () => pool.counts().threads,
    readiness: () => readiness.report(),
  });
  const app = createApp({
    logger,
    access: options.access ?? TEST_ACCESS,
    rooms: {
      openReading: () => pool.openReading(),
      fit: (reading, path, spec) => pool.fit(reading, path, spec),
      dryRun: (reading, path, spec) => pool.dryRun(reading, path, spec),
      deliveries: options.deliveries ?? desk,
      underWay,
      ...(options.modelName !== undefined && { modelName: options.modelName }),
    },
    upload,
    wait: options.wait ?? { defaultMs: PATIENCE_MS, maxMs: PATIENCE_MS },
    limits: limitsOf({ ...config, upload }),
    metrics,
    readiness,
  });
  const patience = { headersTimeoutMs: PATIENCE_MS, keepAliveMs: PATIENCE_MS };
  const connections = { ...config.connections, ...patience, ...options.connections };
  const server = createHttpServer({ ...connections, bodyTimeoutMs: upload.timeoutMs });
  serve(server, app, logger);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    pool,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    desk,
    underWay,
    lines,
    uploads: () => readdirSync(dir),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await pool.close();
      rmSync(dir, { recursive: true });
    },
  };
}
