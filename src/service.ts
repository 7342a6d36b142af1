import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from './config/index.ts';
import { limitsOf } from './config/limits.ts';
import { TrainingPool } from './engine/local/threads/pool.ts';
import { serve } from './http/access/sockets.ts';
import { createApp } from './http/app.ts';
import { createHttpServer } from './http/connections.ts';
import { prepareUploads } from './http/upload/upload.ts';
import type { ServiceLog } from './log/logger.ts';
import { deliveryLog } from './service/deliveryLog.ts';
import { listen, urlOf } from './service/listening.ts';
import { connectMlflow, type MlflowConnection } from './service/mlflow.ts';
import { endService } from './service/shutdown.ts';
import { watch } from './service/watch.ts';
import { Spool } from './spool/spool.ts';
import { Deliveries } from './tracking/delivery/deliveries.ts';
import { Scheduler } from './tracking/delivery/scheduler.ts';
import { UnderWay } from './training/underWay.ts';

/** What is kept for a day need not be cleared to the minute. */
const CLEAR_EVERY_MS = 600_000;
const PROJECT_DIR = fileURLToPath(new URL('..', import.meta.url));

/** A service that listens; `stop` ends what is under way first. */
export interface Service {
  readonly url: string;
  readonly mlflow: MlflowConnection;
  /** Can be called again. */
  stop(): Promise<void>;
}

/** Puts the rooms together and listens. It does not wait for MLflow. */
export async function startService(config: Config, log: ServiceLog, thread?: URL): Promise<Service> {
  const { upload, answers, memory } = config;
  await prepareUploads(upload.dir);
  const spool = await Spool.open(config.spool);
  const server = createHttpServer({ ...config.connections, bodyTimeoutMs: upload.timeoutMs });
  // Before an MLflow of our own could take the port. Nothing from here to the app may wait: a request that comes before
  // there is a listener for it would never be answered.
  await listen(server, config).catch(async (error: unknown) => {
    await spool.close();
    throw error;
  });
  const underWay = new UnderWay();
  const pool = new TrainingPool({
    ...config.training,
    read: { unfoldedBytesMax: upload.fileBytesMax, limits: upload.table },
    parseTimeoutMs: upload.parseTimeoutMs,
    memoryBytesMax: memory.bytesMax,
    heapBytesMax: memory.heapBytesMax,
    ...(thread && { thread }),
  });
  const mlflow = connectMlflow(config.mlflow, join(PROJECT_DIR, '.mlflow'), log.say);
  const scheduler = new Scheduler({
    ...config.delivery,
    store: spool,
    server: () => mlflow.server(),
    report: deliveryLog(log.logger),
  });
  const watched = { config, pool, mlflow, spool, scheduler, isStopping: () => underWay.isClosed };
  const { metrics, readiness } = watch(watched, log.logger);
  const app = createApp({
    logger: log.logger,
    access: config.access,
    rooms: {
      openReading: () => pool.openReading(),
      fit: (reading, path, spec) => pool.fit(reading, path, spec),
      dryRun: (reading, path, spec) => pool.dryRun(reading, path, spec),
      deliveries: new Deliveries({
        store: spool,
        scheduler,
        checkMlflow: () => mlflow.requireHope(),
        env: process.env,
      }),
      underWay,
      ...(config.modelName !== undefined && { modelName: config.modelName }),
    },
    upload,
    wait: { defaultMs: answers.waitMs, maxMs: answers.waitMaxMs },
    limits: limitsOf(config),
    metrics,
    readiness,
  });
  serve(server, app, log.logger);
  pool
    .warmUp()
    .catch((error: unknown) => log.logger.error({ err: error }, 'a training thread does not start'));
  await scheduler.start();
  const clear = () =>
    void spool
      .clearKept()
      .catch((error: unknown) => log.logger.warn({ err: error }, 'the spool is not cleared'));
  clear();
  const clearing = setInterval(clear, CLEAR_EVERY_MS);
  let stopped: Promise<void> | undefined;
  const stop = () => {
    clearInterval(clearing);
    stopped ??= endService({ server, underWay, pool, scheduler, spool, mlflow }, answers.graceMs);
    return stopped;
  };
  return { url: urlOf(server, config.host), mlflow, stop };
}
