import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from './config/index.ts';
import { limitsOf } from './config/limits.ts';
import { LocalEngine } from './engine/local/localEngine.ts';
import { serve } from './http/access/sockets.ts';
import { createApp } from './http/app.ts';
import { createHttpServer } from './http/connections.ts';
import { createJobs } from './http/jobs/createJobs.ts';
import { prepareUploads } from './http/upload/upload.ts';
import type { ServiceLog } from './log/logger.ts';
import { ModelCache } from './models/modelCache.ts';
import type { ModelStore } from './models/port.ts';
import { warmUpModels } from './models/warmUp.ts';
import { Champions } from './service/champions.ts';
import { deliveryLog } from './service/deliveryLog.ts';
import { listen, urlOf } from './service/listening.ts';
import { connectMlflow, type MlflowConnection } from './service/mlflow.ts';
import { Reproductions } from './service/reproductions.ts';
import { endService } from './service/shutdown.ts';
import { packageVersion, watch } from './service/watch.ts';
import { JobFolders } from './spool/jobFolders.ts';
import { Spool } from './spool/spool.ts';
import { Deliveries } from './tracking/delivery/deliveries.ts';
import { Scheduler } from './tracking/delivery/scheduler.ts';
import { ModelReader } from './tracking/modelReader.ts';
import { RunList } from './tracking/runList.ts';
import { RunReader } from './tracking/runReader.ts';
import { DEFAULT_FIELDS } from './training/fields/parse.ts';
import { planOf } from './training/fields/use.ts';
import { UnderWay } from './training/underWay.ts';

/** Receipts are kept for a day, so that minutes do not matter. */
const CLEAR_EVERY_MS = 600_000;
const PROJECT_DIR = fileURLToPath(new URL('..', import.meta.url));

/** A service that listens. */
export interface Service {
  readonly url: string;
  readonly mlflow: MlflowConnection;
  /** Models that were read back. */
  readonly models: ModelStore;
  /** Ends what is under way, and then the service. Can be called again. */
  stop(): Promise<void>;
}

/** Puts the rooms together and listens. Does not wait for MLflow. */
export async function startService(config: Config, log: ServiceLog, thread?: URL): Promise<Service> {
  const { upload } = config;
  await prepareUploads(upload.dir);
  const spool = await Spool.open(config.spool);
  const jobStore = await JobFolders.open({ ...config.spool, ...config.jobs, checkClaim: spool.checkClaim });
  const server = createHttpServer({ ...config.connections, bodyTimeoutMs: upload.timeoutMs });
  // Before an MLflow of our own could take the port. Nothing between this line and the app may wait: a request that
  // arrives before its listener exists would never be answered.
  await listen(server, config.listen).catch(async (error: unknown) => {
    await spool.close();
    throw error;
  });
  const underWay = new UnderWay();
  const engine = new LocalEngine({
    ...config.training,
    ...config.memory,
    read: { unfoldedBytesMax: upload.fileBytesMax, limits: config.table },
    ...(thread && { thread }),
  });
  const mlflow = connectMlflow(config.mlflow, join(PROJECT_DIR, '.mlflow'), log.say);
  const registry = new ModelReader(() => mlflow.server());
  const models = new ModelCache({ ...config.models, registry });
  const scheduler = new Scheduler({
    ...config.delivery,
    store: spool,
    server: () => mlflow.server(),
    report: deliveryLog(log.logger),
  });
  const watched = { config, engine, mlflow, spool, scheduler, isStopping: () => underWay.isClosed };
  const { metrics, readiness } = watch(watched, log.logger);
  const rooms = {
    engine,
    deliveries: new Deliveries({
      store: spool,
      scheduler,
      checkMlflow: () => mlflow.requireHope(),
      checkExperiment: (name) => mlflow.checkExperiment(name),
      env: process.env,
    }),
    champions: new Champions(registry, models),
    originals: new Reproductions(new RunReader(() => mlflow.server()), models),
    underWay,
    sweepMax: config.training.sweepMax,
    ...config.names,
  };
  const jobs = createJobs(rooms, models, {
    store: jobStore,
    atOnce: config.training.threads,
    report: (fault, id) =>
      log.logger.error({ err: fault, job: id }, 'a job failed through a fault of trainpost'),
  });
  const app = createApp({
    logger: log.logger,
    access: config.access,
    rooms,
    jobs,
    models,
    runs: new RunList(() => mlflow.server()),
    upload,
    scoring: { ...config.scoring, models, limits: config.table },
    wait: config.wait,
    limits: limitsOf(config),
    metrics,
    readiness,
    version: packageVersion(),
  });
  serve(server, app, log.logger);
  // Takes some 50 ms, which the first prediction would otherwise take longer.
  await warmUpModels();
  planOf(DEFAULT_FIELDS, 1)
    .then((plan) => engine.warmUp(plan))
    .catch((error: unknown) => log.logger.error({ err: error }, 'a training thread did not start'));
  await scheduler.start();
  await jobs.start();
  const clear = () =>
    void Promise.all([spool.clearKept(), jobStore.clearKept()]).catch((error: unknown) =>
      log.logger.warn({ err: error }, 'the spool could not be cleared'),
    );
  clear();
  const clearing = setInterval(clear, CLEAR_EVERY_MS);
  let stopped: Promise<void> | undefined;
  const stop = () => {
    clearInterval(clearing);
    stopped ??= endService(
      { server, underWay, engine, scheduler, jobStore, spool, mlflow },
      config.process.graceMs,
    );
    return stopped;
  };
  return { url: urlOf(server, config.listen.host), mlflow, models, stop };
}
