import { requireServed } from './artifacts.ts';
import { CallRefusedError } from './callErrors.ts';
import type { MlflowClient } from './client.ts';
import { findProxied } from './experiments.ts';

/**
 * Asks MLflow for all that a delivery to an experiment needs, and changes nothing: an API call, the right to write to the
 * experiment or to create it, and a place for files.
 * @throws the reason why a delivery would not pass
 */
export async function probe(client: MlflowClient, experimentName: string): Promise<void> {
  const experiment = await findProxied(client, experimentName);
  if (experiment === undefined) {
    await mustBeAllowed(() => client.call('POST', 'experiments/create', {}));
    await requireServed(client);
    return;
  }
  await mustBeAllowed(async () => {
    // MLflow checks permissions first, and then rejects the time: no version makes a run of this body.
    const body = { experiment_id: experiment.experiment_id, start_time: 'none' };
    const { run } = await client.call<{ run: { info: { run_id: string } } }>('POST', 'runs/create', body);
    await client.deleteRun(run.info.run_id);
  });
  await requireServed(client);
}

/** MLflow's rejection of what a call sends shows that the call itself is allowed. */
async function mustBeAllowed(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof CallRefusedError && error.of === 'record')) throw error;
  }
}
