import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.ts';
import { TrainingPool } from './engine/pool.ts';
import { ConfigError } from './errors.ts';
import { createApp } from './http/app.ts';
import { clearUploads } from './http/upload.ts';
import type { ServiceLog } from './log.ts';
import { connectMlflow, type MlflowConnection } from './mlflowConnection.ts';

const PROJECT_DIR = fileURLToPath(new URL('..', import.meta.url));
/** How long requests under way may take to end after a signal. */
const GRACE_MS = 30_000;

/** A service that listens; `stop` ends what is under way first. */
export interface Service {
  readonly url: string;
  readonly mlflow: MlflowConnection;
  stop(): Promise<void>;
}

/** Puts the rooms together and listens. It does not wait for MLflow. */
export async function startService(config: Config, log: ServiceLog, thread?: URL): Promise<Service> {
  await clearUploads(config.tempDir);
  const server = createServer();
  // First of all: an MLflow of our own must not take the service's port.
  await listen(server, config);
  const pool = new TrainingPool({
    ...config.training,
    // Folded or not, a file is held in memory as it is read.
    fit: { unfoldedBytesMax: config.uploadBytesMax },
    ...(thread && { thread }),
  });
  const mlflow = connectMlflow(config.mlflow, join(PROJECT_DIR, '.mlflow'), log.say);
  const app = createApp({
    logger: log.logger,
    rooms: {
      fit: (path, spec) => pool.fit(path, spec),
      modelLog: () => mlflow.modelLog(),
      ...(config.modelName !== undefined && { modelName: config.modelName }),
    },
    upload: { dir: config.tempDir, fileBytesMax: config.uploadBytesMax },
  });
  server.on('request', app);
  pool
    .warmUp()
    .catch((error: unknown) => log.logger.error({ err: error }, 'a training thread does not start'));
  const stop = async () => {
    await closeServer(server);
    await Promise.all([mlflow.stop(), pool.close()]);
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
    const late = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
