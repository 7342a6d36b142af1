import type { MlflowClient } from '../client.ts';
import type { RunInfo } from '../mlflowTypes.ts';
import type { RunRecord } from '../record.ts';
import type { TrackingServer } from '../trackingServer.ts';
import type { Journal } from './journal.ts';
import { findRunOf } from './run.ts';
import { verdictOf } from './verdict.ts';

/**
 * Ends the run of a record that becomes a dead letter, so that it does not read RUNNING for ever; its id, if there is one.
 * @throws what may pass, and is to be tried again
 */
export async function endFailed(
  server: TrackingServer,
  client: MlflowClient,
  record: RunRecord,
  journal: Journal,
): Promise<string | undefined> {
  if (!journal.mayExist('run')) return undefined;
  try {
    const run = await findRunOf(client, record, journal);
    if (run !== undefined) {
      journal.made('run', run.run_id);
      await endRun(client, run, record.endTimeMs);
      if ((await server.major()) === 3) await endModels(client, run);
    }
  } catch (error) {
    // What MLflow refuses now it will refuse again; the letter says why it is dead.
    if (!['refused', 'absent'].includes(verdictOf(error).is)) throw error;
  }
  return journal.idOf('run');
}

/** FINISHED and FAILED stay what they are; MLflow lets nobody change a run that is in its bin. */
export async function endRun(client: MlflowClient, run: RunInfo, endTimeMs: number): Promise<void> {
  const isOpen = run.status === 'RUNNING' || run.status === 'SCHEDULED';
  if (isOpen && run.lifecycle_stage !== 'deleted') await client.updateRun(run.run_id, 'FAILED', endTimeMs);
}

async function endModels(client: MlflowClient, run: RunInfo): Promise<void> {
  for (const model of await client.findLoggedModels(run.experiment_id, run.run_id)) {
    if (!isReady(model)) await client.finalizeLoggedModel(model.model_id, 'UPLOAD_FAILED');
  }
}

/** As `LOGGED_MODEL_READY`. */
export function isReady({ status }: { readonly status: string }): boolean {
  return /(^|_)READY$/.test(status);
}
