import { TrackingRefusedError } from '../../errors.ts';
import type { MlflowClient } from '../client.ts';
import type { RunInfo } from '../mlflowTypes.ts';
import { REQUEST_ID_TAG, type RunRecord } from '../record.ts';
import { CallRefusedError } from '../request.ts';
import type { TrackingServer } from '../trackingServer.ts';
import { createOnce } from './createOnce.ts';
import type { Journal } from './journal.ts';

interface RunSteps {
  readonly server: TrackingServer;
  readonly client: MlflowClient;
  readonly recorded: { readonly record: RunRecord };
  readonly journal: Journal;
}

/** The record's run: the one that there is, or else a new one. */
export async function settleRun(steps: RunSteps): Promise<RunInfo> {
  const run = await findOrCreate(steps);
  if (run.lifecycle_stage !== 'deleted') return run;
  const message =
    `The run ${run.run_id} was deleted in MLflow before all of it had arrived, and is not made anew: to have it, ` +
    `restore it there (mlflow runs restore --run-id ${run.run_id}) and put this delivery back.`;
  throw new TrackingRefusedError('run_deleted', message, { runId: run.run_id });
}

/**
 * The run that was made for the record, in whatever life-cycle stage; undefined if there is none. One that is in the
 * bin only counts where there is no other, for doubles end there.
 */
export async function findRunOf(
  client: MlflowClient,
  { requestId }: RunRecord,
  journal: Journal,
): Promise<RunInfo | undefined> {
  const runId = journal.idOf('run');
  const known = runId === undefined ? undefined : await client.getRun(runId);
  if (known !== undefined) return known.info;
  const { experimentId } = journal;
  if (experimentId === undefined) return undefined;
  const runs = await client.findRuns(experimentId, REQUEST_ID_TAG, requestId);
  return runs.find((run) => run.lifecycle_stage !== 'deleted') ?? runs[0];
}

async function findOrCreate({ server, client, recorded, journal }: RunSteps): Promise<RunInfo> {
  const { record } = recorded;
  const runId = journal.idOf('run');
  if (runId !== undefined) {
    const run = await findRunOf(client, record, journal);
    if (run !== undefined) return run;
    await beginAnew(server, runId, journal);
  }
  const create = () => createRun(server, client, record, journal);
  const remembered = server.knowsExperiment(record.experimentName);
  try {
    return await create();
  } catch (error) {
    // The remembered id may be of an experiment that was deleted since; then it is looked up once more.
    if (!(remembered && saysExperimentGone(error))) throw error;
    server.forgetExperiment(record.experimentName);
    return await create();
  }
}

/** An MLflow that has lost its database knows neither the run nor its tag; whoever loses it twice has another trouble. */
async function beginAnew(server: TrackingServer, runId: string, journal: Journal): Promise<void> {
  server.forget();
  if (await journal.forget()) return;
  const message = `MLflow has lost the run ${runId}, the second one that it made for this training: look at its database, then put this delivery back.`;
  throw new TrackingRefusedError('run_lost', message, { runId });
}

function createRun(
  server: TrackingServer,
  client: MlflowClient,
  record: RunRecord,
  journal: Journal,
): Promise<RunInfo> {
  const { experimentName, user, runName, startTimeMs, tags } = record;
  const experimentId = () => server.experimentId(experimentName);
  return createOnce(journal, 'run', {
    find: () => findRunOf(client, record, journal),
    create: async () =>
      client.createRun({ experimentId: await experimentId(), user, runName, startTimeMs, tags }),
    idOf: (run) => run.run_id,
    experimentId,
  });
}

/** MLflow has no code of its own for an experiment in its bin. */
function saysExperimentGone(error: unknown): boolean {
  if (!(error instanceof CallRefusedError)) return false;
  return error.errorCode === 'RESOURCE_DOES_NOT_EXIST' || /must be in the 'active' state/.test(error.said);
}
