import type { Server } from 'node:http';
import type { LocalEngine } from '../engine/local/localEngine.ts';
import type { JobFolders } from '../spool/jobFolders.ts';
import type { Spool } from '../spool/spool.ts';
import type { Scheduler } from '../tracking/delivery/scheduler.ts';
import type { UnderWay } from '../training/underWay.ts';
import { closeServer } from './listening.ts';
import type { MlflowConnection } from './mlflow.ts';

/** After this share of the grace period, no answer waits for MLflow any longer: the answer is 202. */
const WAITING_SHARE = 0.25;
/** After this share, uploads that still arrive and trainings that still compute are ended. */
const COMPUTING_SHARE = 0.7;
/** After this share, deliveries are ended. The rest is for closing, which includes an MLflow of our own. */
const DELIVERING_SHARE = 0.8;

/** For the answers to trainings that were ended. */
const ANSWERING_MS = 200;

/** The parts of a running service, in the order in which a request reaches them. */
export interface Running {
  readonly server: Server;
  readonly underWay: UnderWay;
  readonly engine: LocalEngine;
  readonly scheduler: Scheduler;
  readonly jobStore: JobFolders;
  readonly spool: Spool;
  readonly mlflow: MlflowConnection;
}

/**
 * Ends the service. New requests are refused; what is under way is trained, accepted and answered. A training that MLflow
 * does not have by then waits in the spool for the next start. The service listens until all requests are answered, so
 * that a new client gets 503 with `Retry-After` instead of a refused connection.
 * @param graceMs the time that all of it may take
 */
export async function endService(running: Running, graceMs: number): Promise<void> {
  const { server, underWay, engine, scheduler, jobStore, spool, mlflow } = running;
  const startedAt = performance.now();
  const until = (share: number) => Math.max(0, graceMs * share - (performance.now() - startedAt));
  underWay.close();
  await underWay.settled(until(WAITING_SHARE));
  underWay.hurry();
  await underWay.settled(until(COMPUTING_SHARE));
  // From here on a training that still computes fails, and an upload that still arrives is cut off.
  underWay.giveUp();
  const closed = engine.close();
  await underWay.settled(ANSWERING_MS);
  await Promise.all([closed, closeServer(server)]);
  await scheduler.stop(until(DELIVERING_SHARE));
  await jobStore.close();
  await spool.close();
  await mlflow.stop();
}
