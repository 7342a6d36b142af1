import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import { TrainingPool } from '../../src/engine/pool.ts';
import { serve } from '../../src/http/access/sockets.ts';
import { type AccessOptions, createApp } from '../../src/http/app.ts';
import type { ModelLog } from '../../src/ml/modelLog.ts';
import type { PipelineState } from '../../src/ml/state.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import { Readiness, type ReadinessOptions } from '../../src/observability/readiness.ts';
import type { LoggedRun, TrackedRun } from '../../src/result.ts';
import { UnderWay } from '../../src/training/underWay.ts';

/** The thread's entry for tests: the same module, compiled as it is loaded. */
export const THREAD = new URL('./thread.mjs', import.meta.url);

/** Requests that tests write by hand ask for `x`. */
const TEST_ACCESS: AccessOptions = { allowedHosts: ['x'] };

/** Stands where MLflow stands: keeps what it is given, or fails as it is told. */
class RecordingLog implements ModelLog<TrackedRun, LoggedRun> {
  readonly entries: { pipeline: PipelineState; run: TrackedRun }[] = [];
  failWith: Error | undefined;

  async logModel(pipeline: PipelineState, run: TrackedRun): Promise<LoggedRun> {
    if (this.failWith !== undefined) throw this.failWith;
    this.entries.push({ pipeline, run });
    const runId = `run${this.entries.length}`;
    return {
      runId,
      runName: run.runName,
      runUrl: `http://mlflow/#/experiments/1/runs/${runId}`,
      experimentId: '1',
      modelUri: `runs:/${runId}/${run.modelName}`,
      registeredModelName: run.registeredModelName,
      modelVersion: '1',
      modelUrl: `http://mlflow/#/models/${run.registeredModelName}/versions/1`,
    };
  }
}

export interface TestService {
  readonly server: Server;
  readonly url: string;
  readonly log: RecordingLog;
  /** Every line that was logged, parsed. */
  readonly lines: Record<string, unknown>[];
  /** What lies in the folder for uploads now. */
  uploads(): string[];
  close(): Promise<void>;
}

export interface TestServiceOptions {
  readonly fileBytesMax?: number;
  readonly modelName?: string;
  readonly access?: AccessOptions;
  /** Instead of one whose lines are kept. */
  readonly logger?: Logger;
  readonly modelLog?: () => ModelLog<TrackedRun, LoggedRun>;
  readonly checks?: ReadinessOptions['checks'];
}

/** The real app on a real port, with real threads; only MLflow is the recorder's. */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-test-'));
  const fileBytesMax = options.fileBytesMax ?? 10_000_000;
  const pool = new TrainingPool({
    threads: 1,
    waitingMax: 16,
    timeoutMs: 30_000,
    helpers: 1,
    read: { unfoldedBytesMax: fileBytesMax },
    thread: THREAD,
  });
  const log = new RecordingLog();
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
    trainings: () => ({ underWay: underWay.count, waiting: pool.counts().waiting }),
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
      modelLog: options.modelLog ?? (() => log),
      underWay,
      ...(options.modelName !== undefined && { modelName: options.modelName }),
    },
    upload: { dir, fileBytesMax },
    metrics,
    readiness,
  });
  const server = createServer({ requireHostHeader: false });
  serve(server, app, logger);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
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
