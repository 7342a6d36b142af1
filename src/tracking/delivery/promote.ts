import { TrackingRefusedError } from '../../errors.ts';
import type { Promotion } from '../../values/run.ts';
import type { MlflowClient } from '../client.ts';
import { lastListedModel } from '../mlflow2.ts';
import type { ModelSource } from '../mlflowTypes.ts';
import type { FoundServer } from '../serverFinder.ts';
import type { RunNode } from '../tree.ts';
import { moveAlias } from './alias.ts';
import { createOnce } from './createOnce.ts';
import type { Delivery } from './delivery.ts';
import type { Journal } from './journal.ts';

/**
 * Moves an alias to a model that another run logged. The model gets a version if it has none.
 * @returns the version
 * @throws TrackingRefusedError `model_gone`
 */
export async function promote(
  delivery: Delivery,
  node: RunNode,
  promotion: Promotion,
  found: FoundServer,
): Promise<string> {
  const { registeredModelName: name, alias } = promotion;
  // One at a time: two promotions of one model must not both find no version.
  const version = await delivery.aliasTurns.run(`version of ${name}`, () =>
    settleVersion(delivery, node, promotion, found),
  );
  await moveAlias(delivery, node, { name, alias, version, isPromotion: true });
  return version;
}

/** The version that a model has of the registered model; undefined if there is none. */
export async function versionToPromote(
  client: MlflowClient,
  { registeredModelName, version, runId }: Promotion,
): Promise<string | undefined> {
  return version ?? (await client.findModelVersions(registeredModelName, runId))[0]?.version;
}

/** Notes the version if this record may have made it. A version that was there before is not the record's own. */
export function noteMade(journal: Journal, key: string, version: string): void {
  const thing = `${key}/version` as const;
  if (journal.mayExist(thing)) journal.made(thing, version);
}

async function settleVersion(
  { client, journal }: Delivery,
  { key }: RunNode,
  promotion: Promotion,
  found: FoundServer,
): Promise<string> {
  const existing = await versionToPromote(client, promotion);
  if (existing !== undefined) {
    noteMade(journal, key, existing);
    return existing;
  }
  const { registeredModelName: name, runId } = promotion;
  const source = await sourceOf(client, promotion, found);
  await client.ensureRegisteredModel(name);
  return createOnce(journal, `${key}/version`, {
    find: () => versionToPromote(client, promotion),
    create: () => client.createModelVersion({ name, runId, ...source }),
    idOf: (made) => made,
  });
}

/** Where the model's files are: MLflow 2 has them below its run. */
async function sourceOf(
  client: MlflowClient,
  { runId, modelId }: Promotion,
  { major }: FoundServer,
): Promise<ModelSource> {
  if (major === 3 && modelId !== undefined) return { source: `models:/${modelId}`, modelId };
  const run = await client.getRun(runId);
  const path = run && lastListedModel(run);
  if (run !== undefined && path !== undefined) return { source: `${run.info.artifact_uri}/${path}` };
  const message = `MLflow does not have the model of the run ${runId} any more, so the model gets no version and no alias. Restore the run, and retry this delivery.`;
  throw new TrackingRefusedError('model_gone', message, { runId });
}
