import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Express } from 'express';
import { type Logger, pino } from 'pino';
import { readConfig } from '../../src/config/index.ts';
import { limitsOf } from '../../src/config/limits.ts';
import type { TableLimits } from '../../src/data/tableLimits.ts';
import { LocalEngine, type LocalEngineOptions } from '../../src/engine/local/localEngine.ts';
import { FieldError } from '../../src/errors.ts';
import { serve } from '../../src/http/access/sockets.ts';
import { type AccessOptions, type AppOptions, createApp, createRoutes } from '../../src/http/app.ts';
import { type ConnectionBounds, createHttpServer } from '../../src/http/connections.ts';
import { createJobs } from '../../src/http/jobs/createJobs.ts';
import type { UploadOptions } from '../../src/http/upload/upload.ts';
import type { ModelStore } from '../../src/models/port.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import { Readiness, type ReadinessOptions } from '../../src/observability/readiness.ts';
import type { ChampionPort } from '../../src/training/championPort.ts';
import type { DeliveryPort } from '../../src/training/deliveryPort.ts';
import type { ReproductionPort } from '../../src/training/reproductionPort.ts';
import type { RunsPort } from '../../src/training/runsPort.ts';
import { UnderWay } from '../../src/training/underWay.ts';
import { AnswerCheck } from './answerCheck.ts';
import { openJobFolders } from './jobStore.ts';
import { RecordingDesk } from './recordingDesk.ts';

/** The thread's entry for tests. It is in dist, because a thread does not inherit the test runner's transform. */
export const THREAD = new URL('../../dist/engine/local/threads/thread.js', import.meta.url);

/** A time for every timeout that a test is not about. Only a hang exceeds this time. */
export const PATIENCE_MS = 600_000;
/** Requests that tests write by hand have the host `x`. */
const TEST_ACCESS: AccessOptions = { allowedHosts: ['x'] };

/** As an MLflow without models answers. */
const NO_MODELS: ModelStore = {
  load: () =>
    Promise.reject(new FieldError('model_not_found', 'The test has no models.', { field: 'model' })),
};

/** As an MLflow without experiments answers. */
const NO_RUNS: RunsPort = {
  experiments: async () => ({ items: [] }),
  findExperiment: async () => undefined,
  runs: async () => ({ items: [] }),
  readReport: async () => 'no_run',
};

export interface TestService {
  readonly server: Server;
  /** The app's routes once more, to look at. */
  readonly routes: Express;
  readonly engine: LocalEngine;
  readonly url: string;
  readonly desk: RecordingDesk;
  readonly underWay: UnderWay;
  /** Every line that was logged, parsed. */
  readonly lines: Record<string, unknown>[];
  /** Files that are now in the folder for uploads. */
  uploads(): string[];
  close(): Promise<void>;
}

export interface TestServiceOptions {
  readonly fileBytesMax?: number;
  /** These options override the defaults. */
  readonly upload?: Partial<UploadOptions>;
  readonly table?: Partial<TableLimits>;
  readonly engine?: Partial<LocalEngineOptions>;
  readonly connections?: Partial<ConnectionBounds>;
  readonly modelName?: string;
  readonly sweepMax?: number;
  /** A folder of the test's own for jobs that are done later. */
  readonly jobsDir?: string;
  readonly access?: AccessOptions;
  /** Replaces the logger that keeps the lines. */
  readonly logger?: Logger;
  readonly checks?: ReadinessOptions['checks'];
  /** Replaces the recording desk. */
  readonly deliveries?: DeliveryPort;
  /** Models that are read back, and the one that predicts if a request names none. */
  readonly models?: ModelStore;
  readonly modelUri?: string;
  /** What MLflow has. */
  readonly runs?: RunsPort;
  readonly bodyBytesMax?: number;
  readonly champions?: ChampionPort;
  readonly originals?: ReproductionPort;
  readonly wait?: { readonly defaultMs: number; readonly maxMs: number };
}

/**
 * Starts the real app on a real port, with real threads. Only the deliveries are recorded instead of logged. `close` throws
 * if an answer was not as the OpenAPI document says.
 */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-test-'));
  const jobsDir = options.jobsDir ?? mkdtempSync(join(tmpdir(), 'trainpost-jobs-'));
  const config = readConfig({});
  const fileBytesMax = options.fileBytesMax ?? 10_000_000;
  const times = { stallMs: PATIENCE_MS, timeoutMs: PATIENCE_MS };
  const upload = { ...config.upload, ...times, dir, fileBytesMax, ...options.upload };
  const table = { ...config.table, ...options.table };
  const engine = new LocalEngine({
    threads: 1,
    waitingMax: 16,
    timeoutMs: PATIENCE_MS,
    helpers: 1,
    read: { unfoldedBytesMax: upload.fileBytesMax, limits: table },
    thread: THREAD,
    ...options.engine,
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
    trainings: () => engine.counts(),
    threads: () => engine.counts().threads,
    readiness: () => readiness.report(),
  });
  const rooms = {
    engine,
    deliveries: options.deliveries ?? desk,
    underWay,
    sweepMax: options.sweepMax ?? 20,
    ...(options.champions && { champions: options.champions }),
    ...(options.originals && { originals: options.originals }),
    ...(options.modelName !== undefined && { modelName: options.modelName }),
  };
  const jobs = createJobs(rooms, options.models ?? NO_MODELS, {
    store: await openJobFolders(jobsDir),
    atOnce: 1,
    report: (fault) => logger.error({ err: fault }, 'a job failed'),
  });
  const appOptions: AppOptions = {
    logger,
    access: options.access ?? TEST_ACCESS,
    rooms,
    jobs,
    models: options.models ?? NO_MODELS,
    runs: options.runs ?? NO_RUNS,
    upload,
    scoring: {
      ...config.scoring,
      models: options.models ?? NO_MODELS,
      limits: table,
      ...(options.modelUri !== undefined && { modelUri: options.modelUri }),
      ...(options.bodyBytesMax !== undefined && { bodyBytesMax: options.bodyBytesMax }),
    },
    wait: options.wait ?? { defaultMs: PATIENCE_MS, maxMs: PATIENCE_MS },
    limits: limitsOf({ ...config, upload, table }),
    metrics,
    readiness,
    version: '0.0.0',
  };
  const patience = { headersTimeoutMs: PATIENCE_MS, keepAliveMs: PATIENCE_MS };
  const connections = { ...config.connections, ...patience, ...options.connections };
  const server = createHttpServer({ ...connections, bodyTimeoutMs: upload.timeoutMs });
  const check = new AnswerCheck();
  serve(server, check.watched(createApp(appOptions)), logger);
  await jobs.start();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    routes: createRoutes(appOptions, () => {}),
    engine,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    desk,
    underWay,
    lines,
    uploads: () => readdirSync(dir),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await engine.close();
      rmSync(dir, { recursive: true });
      if (options.jobsDir === undefined) rmSync(jobsDir, { recursive: true });
      check.end();
    },
  };
}
