import { readFileSync } from 'node:fs';
import type { Config } from './config/index.ts';
import type { TrainingPool } from './engine/pool.ts';
import type { ServiceLog } from './log.ts';
import type { MlflowConnection } from './mlflowConnection.ts';
import { roomFor } from './observability/disk.ts';
import { Metrics } from './observability/metrics.ts';
import { type Finding, Readiness, shared } from './observability/readiness.ts';
import type { UnderWay } from './training/underWay.ts';

/** What is watched. */
export interface Watched {
  readonly config: Config;
  readonly pool: TrainingPool;
  readonly mlflow: MlflowConnection;
  readonly underWay: UnderWay;
  /** Whether the service has been told to stop. */
  isStopping(): boolean;
}

/** Puts together what probes and Prometheus are told, of the parts that know it. */
export function watch(
  watched: Watched,
  log: ServiceLog,
): { readonly metrics: Metrics; readonly readiness: Readiness } {
  const { config, pool, mlflow, underWay, isStopping } = watched;
  const readiness = new Readiness({
    checks: {
      running: () => (isStopping() ? { reason: 'The service is stopping.' } : undefined),
      threads: () => threadsOf(pool),
      disk: shared(roomFor(config.upload.dir, config.upload.fileBytesMax)),
      mlflow: shared(() => answerOf(mlflow)),
    },
    onChange: (name, finding) => logChange(log, name, finding),
  });
  const metrics = new Metrics({
    version: packageVersion(),
    trainings: () => ({ underWay: underWay.count, waiting: pool.counts().waiting }),
    threads: () => pool.counts().threads,
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

/** Where MLflow is, and what it says, is for the log alone: anybody may ask a probe. */
async function answerOf(mlflow: MlflowConnection): Promise<Finding | undefined> {
  const state = await mlflow.ready();
  return state.ready
    ? undefined
    : { reason: 'MLflow does not answer; the log says why.', cause: state.reason };
}

function logChange({ logger }: ServiceLog, check: string, finding: Finding | undefined): void {
  if (finding === undefined) {
    logger.info({ check }, `ready again: ${check}`);
    return;
  }
  const { reason, cause } = finding;
  const why = cause instanceof Error ? { err: cause } : { cause };
  logger.warn({ check, ...why }, `not ready: ${reason}`);
}

function packageVersion(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
