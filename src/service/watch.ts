import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Config } from '../config/index.ts';
import type { LocalEngine } from '../engine/local/localEngine.ts';
import { UnavailableError } from '../errors.ts';
import { roomFor } from '../observability/disk.ts';
import { Metrics } from '../observability/metrics.ts';
import { type Finding, Readiness, shared } from '../observability/readiness.ts';
import type { Spool } from '../spool/spool.ts';
import type { Scheduler } from '../tracking/delivery/scheduler.ts';
import { type MlflowConnection, readyExperiment } from './mlflow.ts';

/** Refusals of the spool whose message names no path: /health/ready needs no token, and may show them. */
const OPEN_CODES: ReadonlySet<string> = new Set(['spool_full', 'spool_disk_low']);

/** The parts that are watched. */
export interface Watched {
  readonly config: Config;
  readonly engine: LocalEngine;
  readonly mlflow: MlflowConnection;
  readonly spool: Spool;
  readonly scheduler: Scheduler;
  /** Whether the service has begun to stop. */
  isStopping(): boolean;
}

/** Collects what probes and Prometheus can see from the parts that know it. */
export function watch(
  watched: Watched,
  logger: Logger,
): { readonly metrics: Metrics; readonly readiness: Readiness } {
  const { config, engine, spool, scheduler, isStopping } = watched;
  const readiness = new Readiness({
    checks: {
      running: () => (isStopping() ? { reason: 'The service is stopping.' } : undefined),
      threads: () => threadsOf(engine),
      disk: shared(roomFor(config.upload.dir, config.upload.fileBytesMax)),
      spool: shared(() => roomIn(spool)),
      mlflow: shared(() => answerOf(watched)),
    },
    onChange: (name, finding) => logChange(logger, name, finding),
  });
  const metrics = new Metrics({
    version: packageVersion(),
    trainings: () => engine.counts(),
    threads: () => engine.counts().threads,
    memory: () => engine.memory(),
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

function threadsOf(engine: LocalEngine): Finding | undefined {
  const { threads, hasComputed } = engine.counts();
  if (!hasComputed) return { reason: 'The threads are starting.' };
  if (threads.training > 0 && threads.reading > 0) return undefined;
  return { reason: 'There is no thread to train or to read: a new thread is starting.' };
}

/** Finds out whether the spool takes one more training, and whether the disk takes what the spool writes. */
async function roomIn(spool: Spool): Promise<Finding | undefined> {
  try {
    await spool.checkRoom();
    await spool.probe();
    return undefined;
  } catch (cause) {
    if (cause instanceof UnavailableError && OPEN_CODES.has(cause.code)) return { reason: cause.message };
    return { reason: 'The spool cannot be written to; the log says why.', cause };
  }
}

/**
 * Finds out whether MLflow takes deliveries. A probe needs no token, so the addresses, names and words in the reason go to
 * the log alone.
 */
async function answerOf({ config, mlflow, scheduler }: Watched): Promise<Finding | undefined> {
  const state = await mlflow.ready(readyExperiment(config.mlflow, scheduler.lastExperiment));
  if (!state.ready) return { reason: state.openReason, cause: state.reason };
  // The probe cannot try everything, and the deliveries have.
  const refusal = scheduler.refusal();
  if (refusal === undefined) return undefined;
  return { reason: refusal.details?.openMessage ?? refusal.message, cause: refusal.message };
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

export function packageVersion(): string {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
