import { TrackingRefusedError, TrackingUnreachableError } from '../errors.ts';
import { proxiedPath } from './artifacts.ts';
import { allDone, alsoThrowing, madeOnce } from './calls.ts';
import type { MlflowClient, ModelSource, RunInfo } from './client.ts';
import { logModel2 } from './mlflow2.ts';
import { logModel3 } from './mlflow3.ts';
import { REQUEST_ID_TAG, type RecordedRun, type RunRecord } from './record.ts';
import { CallRefusedError } from './request.ts';
import type { TrackingServer } from './trackingServer.ts';

/** What MLflow called the parts of a run that it took in. */
export interface Delivered {
  readonly runId: string;
  readonly experimentId: string;
  readonly modelVersion: string;
}

/**
 * Delivers a training to MLflow as one whole run: params, metrics, data set, model, version in the registry, alias,
 * and the status FINISHED at the very end, so that what reads FINISHED is whole.
 *
 * What fails after the run was made ends it as FAILED.
 * @throws TrackingRefusedError or TrackingUnreachableError, with `details.runId` if there is a run
 */
export async function deliver(server: TrackingServer, recorded: RecordedRun): Promise<Delivered> {
  const { record } = recorded;
  const major = await server.major();
  const run = await createRun(server, record);
  const { run_id: runId, experiment_id: experimentId } = run;
  try {
    // Looked at before anything is written, though only the files need it.
    proxiedPath(run.artifact_uri);
    const logModel = major === 3 ? logModel3 : logModel2;
    const model = logModel(server.client, run, recorded);
    // These need the run alone, and so need not wait for the model.
    await allDone([
      model,
      server.client.logInputs(runId, record.dataset, 'training'),
      server.client.ensureRegisteredModel(record.registeredModelName),
    ]);
    const modelVersion = await registerModel(server.client, record, runId, await model);
    await server.client.updateRun(runId, 'FINISHED', record.endTimeMs);
    return { runId, experimentId, modelVersion };
  } catch (error) {
    server.forget();
    throw await endFailed(server.client, runId, record, error);
  }
}

/** The remembered id of the experiment may be one that was deleted since; then it is looked up once more. */
async function createRun(server: TrackingServer, record: RunRecord): Promise<RunInfo> {
  const remembered = server.knowsExperiment(record.experimentName);
  try {
    return await createRunIn(server, record);
  } catch (error) {
    if (error instanceof AggregateError) throw withRun(error, undefined, '');
    if (!(remembered && saysExperimentGone(error))) throw error;
    server.forgetExperiment(record.experimentName);
    return await createRunIn(server, record);
  }
}

async function createRunIn(server: TrackingServer, record: RunRecord): Promise<RunInfo> {
  const { client } = server;
  const experimentId = await server.experimentId(record.experimentName);
  const { user, runName, startTimeMs, tags, requestId } = record;
  return madeOnce(
    () => client.createRun({ experimentId, user, runName, startTimeMs, tags }),
    () => client.findRun(experimentId, REQUEST_ID_TAG, requestId),
  );
}

/** MLflow has no code of its own for an experiment in its bin. */
function saysExperimentGone(error: unknown): boolean {
  if (!(error instanceof CallRefusedError)) return false;
  return error.errorCode === 'RESOURCE_DOES_NOT_EXIST' || /must be in the 'active' state/.test(error.said);
}

/** Only now that the model is whole: a version can be loaded as soon as it is seen. */
async function registerModel(
  client: MlflowClient,
  { registeredModelName: name, alias }: RunRecord,
  runId: string,
  model: ModelSource,
): Promise<string> {
  const version = await madeOnce(
    () => client.createModelVersion({ name, runId, ...model }),
    () => client.findModelVersion(name, runId),
  );
  if (alias !== undefined) await client.setAlias(name, alias, version);
  return version;
}

/** Ends the run as FAILED and gives the error to throw: what went wrong, the run it went wrong with, and all causes. */
async function endFailed(
  client: MlflowClient,
  runId: string,
  record: RunRecord,
  error: unknown,
): Promise<unknown> {
  try {
    await alsoThrowing(error, () => client.updateRun(runId, 'FAILED', record.endTimeMs));
    return withRun(error, runId, '');
  } catch (both) {
    return withRun(both, runId, ` The run ${runId} could not be marked FAILED and may still read RUNNING.`);
  }
}

/** The first of several failures is the reason, and the run is named; a mistake of our own stays what it is. */
function withRun(error: unknown, runId: string | undefined, remark: string): unknown {
  const reason: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const isRefusal = reason instanceof TrackingRefusedError;
  if (!(isRefusal || reason instanceof TrackingUnreachableError)) return error;
  const Kind = isRefusal ? TrackingRefusedError : TrackingUnreachableError;
  const details = { ...reason.details, ...(runId !== undefined && { runId }) };
  return new Kind(reason.code, reason.message + remark, details, { cause: error });
}
