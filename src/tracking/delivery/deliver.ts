import { proxiedPath } from '../artifacts.ts';
import { allDone } from '../calls.ts';
import { logModel2 } from '../mlflow2.ts';
import { logModel3 } from '../mlflow3.ts';
import type { RunInfo } from '../mlflowTypes.ts';
import { moveAlias } from './alias.ts';
import { createOnce } from './createOnce.ts';
import type { Delivered, Delivery } from './delivery.ts';
import { settleRun } from './run.ts';

/**
 * Delivers a training to MLflow as one whole run: params, metrics, data set, model, version in the registry, alias,
 * and the status FINISHED at the very end, so that what reads FINISHED is whole. It can be called again after any
 * failure, also by another process with the same journal: what is there is found again, and what is not is made.
 *
 * @throws what the calls throw, StillDoubtfulError, TrackingRefusedError `run_deleted` and `run_lost`
 */
export async function deliver(delivery: Delivery): Promise<Delivered> {
  const { server, client, recorded } = delivery;
  const { record } = recorded;
  const major = await server.major();
  const run = await settleRun(delivery);
  const { run_id: runId, experiment_id: experimentId } = run;
  if (run.status === 'FINISHED') {
    // It is whole, and only this was not noted, unless somebody took its version away: then it is filled once more.
    const [version] = await client.findModelVersions(record.registeredModelName, runId);
    if (version !== undefined) return { runId, experimentId, modelVersion: version.version };
  } else if (run.status !== 'RUNNING') {
    await client.updateRun(runId, 'RUNNING');
  }
  // Looked at before anything is written, though only the files need it.
  proxiedPath(run.artifact_uri);
  const modelVersion = await fill(delivery, run, major);
  await client.updateRun(runId, 'FINISHED', record.endTimeMs);
  return { runId, experimentId, modelVersion };
}

/** Everything that belongs to the run; the version's number. */
async function fill(delivery: Delivery, run: RunInfo, major: 2 | 3): Promise<string> {
  const { client, recorded, journal } = delivery;
  const { record } = recorded;
  const { registeredModelName: name } = record;
  const runId = run.run_id;
  const logModel = major === 3 ? logModel3 : logModel2;
  const model = logModel(client, run, recorded, journal);
  // These need the run alone, and so need not wait for the model.
  await allDone([
    model,
    client.logInputs(runId, record.dataset, 'training'),
    client.ensureRegisteredModel(name),
  ]);
  const source = await model;
  // Only now that the model is whole: a version can be loaded as soon as it is seen.
  const version = await createOnce(journal, 'version', {
    find: async () => (await client.findModelVersions(name, runId))[0]?.version,
    create: () => client.createModelVersion({ name, runId, ...source }),
    idOf: (made) => made,
  });
  if (record.alias !== undefined) await moveAlias(delivery, record.alias, version);
  return version;
}
