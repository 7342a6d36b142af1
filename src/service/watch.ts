import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Config } from '../config/index.ts';
import type { TrainingPool } from '../engine/local/threads/pool.ts';
import { UnavailableError } from '../errors.ts';
import { roomFor } from '../observability/disk.ts';
import { Metrics } from '../observability/metrics.ts';
import { type Finding, Readiness, shared } from '../observability/readiness.ts';
import type { Spool } from '../spool/spool.ts';
import type { Scheduler } from '../tracking/delivery/scheduler.ts';
import type { MlflowConnection } from './mlflow.ts';

/** What is watched. */
export interface Watched {
  readonly config: Config;
  readonly pool: TrainingPool;
  readonly mlflow: MlflowConnection;
  readonly spool: Spool;
  readonly scheduler: Scheduler;
  /** Whether the service has been told to stop. */
  isStopping(): boolean;
}

/** Puts together what probes and Prometheus are told, of the parts that know it. */
export function watch(
  watched: Watched,
  logger: Logger,
): { readonly metrics: Metrics; readonly readiness: Readiness } {
  const { config, pool, mlflow, spool, scheduler, isStopping } = watched;
  const readiness = new Readiness({
    checks: {
      running: () => (isStopping() ? { reason: 'The service is stopping.' } : undefined),
      threads: () => threadsOf(pool),
      disk: shared(roomFor(config.upload.dir, config.upload.fileBytesMax)),
      spool: shared(() => roomIn(spool)),
      mlflow: shared(() => answerOf(mlflow)),
    },
    onChange: (name, finding) => logChange(logger, name, finding),
  });
  const metrics = new Metrics({
    version: packageVersion(),
    trainings: () => pool.counts(),
    threads: () => pool.counts().threads,
    memory: () => pool.memory(),
    spool: () => spool.stats(),
    deliveries: () => {
      const { underWay, delivered, dead, retried, doublesRemoved } = scheduler.counts();
      return { underWay, byOutcome: { delivered, dead, retried, doubles_removed: doublesRemoved } };
    },
    readiness: () => readiness.report(),
  });
  metrics.watchProcess();
  return { metrics, readiness };
}

function threadsOf(pool: TrainingPool): Finding | undefined {
  const { threads, hasComputed } = pool.counts();
  if (!hasComputed) return { reason: 'The threads are starting.' };
  if (threads.training > 0 && threads.reading > 0) return undefined;
  return { reason: 'No thread is there to train or to read: it is being replaced.' };
}

/** Whether it would take a training, and the disk what it writes. */
async function roomIn(spool: Spool): Promise<Finding | undefined> {
  try {
    await spool.checkRoom();
    await spool.probe();
    return undefined;
  } catch (cause) {
    // Its limits are told to callers too, and name no path.
    if (cause instanceof UnavailableError) return { reason: cause.message };
    return { reason: 'The spool cannot be written to; the log says why.', cause };
  }
}

/** Where MLflow is, and what it says, is for the log alone: anybody may ask a probe. */
async function answerOf(mlflow: MlflowConnection): Promise<Finding | undefined> {
  const state = await mlflow.ready();
  return state.ready
    ? undefined
    : { reason: 'MLflow does not answer; the log says why.', cause: state.reason };
}

function logChange(logger: Logger, check: string, finding: Finding | undefined): void {
  if (finding === undefined) {
    logger.info({ check }, `ready again: ${check}`);
    return;
  }
  const { reason, cause } = finding;
  const why = cause instanceof Error ? { err: cause } : { cause };
  logger.warn({ check, ...why }, `not ready: ${reason}`);
}

function packageVersion(): string {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
