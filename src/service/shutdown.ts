import type { Server } from 'node:http';
import type { TrainingPool } from '../engine/local/threads/pool.ts';
import type { Spool } from '../spool/spool.ts';
import type { Scheduler } from '../tracking/delivery/scheduler.ts';
import type { UnderWay } from '../training/underWay.ts';
import { closeServer } from './listening.ts';
import type { MlflowConnection } from './mlflow.ts';

/** After this share of the grace nobody waits for MLflow any longer: who does is answered 202. */
const HURRY_AT = 0.25;
/** After this share what still arrives or computes is given up. */
const CUT_AT = 0.7;
/** After this share deliveries are cut off; the rest is for closing, an MLflow of our own included. */
const DELIVERED_AT = 0.8;

/** For the answers to trainings that were given up. */
const ANSWERED_MS = 200;

/** What has to be ended, in the order in which a request comes by. */
export interface Running {
  readonly server: Server;
  readonly underWay: UnderWay;
  readonly pool: TrainingPool;
  readonly scheduler: Scheduler;
  readonly spool: Spool;
  readonly mlflow: MlflowConnection;
}

/**
 * Ends the service: nothing new is let in, what is under way is trained, accepted and answered, and what MLflow does not
 * have by then waits in the spool for the next start. It goes on listening until all is answered, so that whoever comes
 * is told to come again, and not refused by the system.
 * @param graceMs how long all of it may take
 */
export async function endService(parts: Running, graceMs: number): Promise<void> {
  const { server, underWay, pool, scheduler, spool, mlflow } = parts;
  const startedAt = performance.now();
  const until = (share: number) => Math.max(0, graceMs * share - (performance.now() - startedAt));
  underWay.close();
  await underWay.settled(until(HURRY_AT));
  underWay.hurry();
  await underWay.settled(until(CUT_AT));
  // What still computes fails now, and what still arrives is cut off.
  underWay.giveUp();
  const closed = pool.close();
  await underWay.settled(ANSWERED_MS);
  await Promise.all([closed, closeServer(server)]);
  await scheduler.stop(until(DELIVERED_AT));
  await spool.close();
  await mlflow.stop();
}
