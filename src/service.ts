import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from './config/index.ts';
import { limitsOf } from './config/limits.ts';
import { TrainingPool } from './engine/pool.ts';
import { ConfigError } from './errors.ts';
import { createApp } from './http/app.ts';
import { createHttpServer } from './http/connections.ts';
import { prepareUploads } from './http/upload.ts';
import type { ServiceLog } from './log.ts';
import { connectMlflow, type MlflowConnection } from './mlflowConnection.ts';
import { UnderWay } from './training/underWay.ts';

const PROJECT_DIR = fileURLToPath(new URL('..', import.meta.url));
/** How long trainings under way may take to end after a signal, and after that their runs in MLflow. */
const GRACE_MS = 30_000;

/** A service that listens; `stop` ends what is under way first. */
export interface Service {
  readonly url: string;
  readonly mlflow: MlflowConnection;
  stop(): Promise<void>;
}

/** Puts the rooms together and listens. It does not wait for MLflow. */
export async function startService(config: Config, log: ServiceLog, thread?: URL): Promise<Service> {
  await prepareUploads(config.upload.dir);
  const server = createHttpServer({ ...config.connections, bodyTimeoutMs: config.upload.timeoutMs });
  // Before an MLflow of our own could take the port. Nothing from here to the app may wait: a request that comes before
  // there is a listener for it would never be answered.
  await listen(server, config);
  const underWay = new UnderWay();
  const pool = new TrainingPool({
    ...config.training,
    read: { unfoldedBytesMax: config.upload.fileBytesMax, limits: config.upload.table },
    parseTimeoutMs: config.upload.parseTimeoutMs,
    memoryBytesMax: config.memory.bytesMax,
    heapBytesMax: config.memory.heapBytesMax,
    ...(thread && { thread }),
  });
  const mlflow = connectMlflow(config.mlflow, join(PROJECT_DIR, '.mlflow'), log.say);
  const app = createApp({
    logger: log.logger,
    rooms: {
      openReading: () => pool.openReading(),
      fit: (reading, path, spec) => pool.fit(reading, path, spec),
      dryRun: (reading, path, spec) => pool.dryRun(reading, path, spec),
      modelLog: () => mlflow.modelLog(),
      underWay,
      ...(config.modelName !== undefined && { modelName: config.modelName }),
    },
    upload: config.upload,
    limits: limitsOf(config),
  });
  server.on('request', app);
  server.on('checkContinue', app);
  pool
    .warmUp()
    .catch((error: unknown) => log.logger.error({ err: error }, 'a training thread does not start'));
  const stop = async () => {
    const closed = closeServer(server);
    await underWay.settled(GRACE_MS);
    // What still computes fails now; what is being logged ends its run first.
    await pool.close();
    await underWay.settled(GRACE_MS);
    server.closeAllConnections();
    await closed;
    await mlflow.stop();
  };
  return { url: urlOf(server, config.host), mlflow, stop };
}

function listen(server: Server, config: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      const says = taken
        ? 'is taken by another program: set PORT to another'
        : `cannot be used (${error.message})`;
      reject(new ConfigError('port', `PORT=${config.port} on ${config.host} ${says}`));
    });
    server.listen(config.port, config.host, resolve);
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
