import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { ConnectionsConfig } from '../../src/config/connections.ts';
import { readConfig } from '../../src/config/index.ts';
import { limitsOf } from '../../src/config/limits.ts';
import type { UploadConfig } from '../../src/config/upload.ts';
import { type PoolOptions, TrainingPool } from '../../src/engine/pool.ts';
import { createApp } from '../../src/http/app.ts';
import { createHttpServer } from '../../src/http/connections.ts';
import type { ModelLog } from '../../src/ml/modelLog.ts';
import type { PipelineState } from '../../src/ml/state.ts';
import type { LoggedRun, TrackedRun } from '../../src/result.ts';
import { UnderWay } from '../../src/training/underWay.ts';

/** The thread's entry for tests: the same module, compiled as it is loaded. */
export const THREAD = new URL('./thread.mjs', import.meta.url);

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
  readonly pool: TrainingPool;
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
  /** Those that are given are in the place of the defaults. */
  readonly upload?: Partial<UploadConfig>;
  readonly pool?: Partial<PoolOptions>;
  readonly connections?: Partial<ConnectionsConfig>;
  readonly modelName?: string;
  readonly modelLog?: () => ModelLog<TrackedRun, LoggedRun>;
}

/** The real app on a real port, with real threads; only MLflow is the recorder's. */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-test-'));
  const config = readConfig({});
  const fileBytesMax = options.fileBytesMax ?? 10_000_000;
  const upload = { ...config.upload, dir, fileBytesMax, ...options.upload };
  const pool = new TrainingPool({
    threads: 1,
    waitingMax: 16,
    timeoutMs: 30_000,
    helpers: 1,
    read: { unfoldedBytesMax: upload.fileBytesMax, limits: upload.table },
    thread: THREAD,
    ...options.pool,
  });
  const log = new RecordingLog();
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const app = createApp({
    logger: pino({ base: null }, sink),
    rooms: {
      openReading: () => pool.openReading(),
      fit: (reading, path, spec) => pool.fit(reading, path, spec),
      dryRun: (reading, path, spec) => pool.dryRun(reading, path, spec),
      modelLog: options.modelLog ?? (() => log),
      underWay: new UnderWay(),
      ...(options.modelName !== undefined && { modelName: options.modelName }),
    },
    upload,
    limits: limitsOf({ ...config, upload }),
  });
  const connections = { ...config.connections, ...options.connections };
  const server = createHttpServer({ ...connections, bodyTimeoutMs: upload.timeoutMs });
  server.on('request', app);
  server.on('checkContinue', app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    pool,
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
