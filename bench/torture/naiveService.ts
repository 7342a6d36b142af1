import { mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import multer from 'multer';
import { runCsv } from '../../src/engine/local/fit/run.ts';
import { proxiedPath } from '../../src/tracking/artifacts.ts';
import { MlflowClient } from '../../src/tracking/client.ts';
import { mlmodel } from '../../src/tracking/modelFiles/index.ts';
import { recordTree } from '../../src/tracking/record.ts';
import {
  modelFilesOf,
  modelUuid,
  type NodeModel,
  type RecordedTree,
  timedMetrics,
} from '../../src/tracking/tree.ts';
import { describeRun } from '../../src/training/describeRun.ts';
import { type FormBody, parseFields } from '../../src/training/fields/parse.ts';
import { planOf } from '../../src/training/fields/use.ts';
import { namesOf } from '../../src/training/names.ts';
import { chosenOf } from '../../src/values/result.ts';

/**
 * A simple service in the place of trainpost, which shows that the proof can fail. It keeps a training in a file until the
 * training is delivered. It sends every call again until the call succeeds. After a restart, it makes all calls again,
 * from the first call on.
 */
const { PORT, MLFLOW_TRACKING_URI = '', MLFLOW_CALL_TIMEOUT_MS, SPOOL_DIR = '' } = process.env;
const PENDING = join(SPOOL_DIR, 'pending');
const PAUSE_MS = 100;
const client = new MlflowClient({
  trackingUri: MLFLOW_TRACKING_URI,
  timeoutMs: Number(MLFLOW_CALL_TIMEOUT_MS),
});

/** Sends a call again after any failure, until it succeeds. */
async function again<Result>(call: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await call();
    } catch {
      await sleep(PAUSE_MS);
    }
  }
}

async function deliver(recorded: RecordedTree): Promise<void> {
  const { tree } = recorded;
  const { user, systemTags, datasets } = tree;
  const [root] = tree.nodes;
  const [dataset] = datasets;
  const { name: runName, startTimeMs, tags, params } = root;
  // A training has a model, which is registered.
  const model = root.model as NodeModel & { readonly registeredAs: string };
  const { registeredAs: name, alias } = model;
  const experimentId = await again(() => experimentIdOf(tree.experimentName));
  const newRun = { experimentId, user, runName, startTimeMs, tags };
  const { run_id: runId } = await again(() => client.createRun(newRun));
  await again(() => client.logInputs(runId, [{ dataset: dataset!, context: 'training' }]));
  const newModel = { experimentId, runId, name: model.name, params, tags: systemTags };
  const { model_id: modelId, artifact_uri: artifactPath } = await again(() =>
    client.createLoggedModel(newModel),
  );
  const measuredWith = {
    model_id: modelId,
    dataset_name: dataset!.name,
    dataset_digest: dataset!.digest,
  };
  const metrics = timedMetrics(root).map((metric) => ({ ...metric, ...measuredWith }));
  await again(() => client.logBatch(runId, params, metrics));
  await again(() => client.logOutput(runId, modelId));
  const place = {
    mlflowMajor: 3,
    runId,
    modelId,
    modelUuid: modelUuid(tree, root.key),
    artifactPath,
  } as const;
  const document = { path: 'MLmodel', bytes: Buffer.from(mlmodel(model.facts, place)) };
  const folder = proxiedPath(artifactPath);
  for (const { path, bytes } of [...modelFilesOf(recorded, root), document]) {
    await again(() => client.putArtifact(folder, path, bytes));
  }
  await again(() => client.finalizeLoggedModel(modelId, 'READY'));
  if (name === undefined) return;
  await again(() => client.ensureRegisteredModel(name));
  const newVersion = { name, source: `models:/${modelId}`, runId, modelId };
  const version = await again(() => client.createModelVersion(newVersion));
  if (alias !== undefined) await again(() => client.setAlias(name, alias, version));
  await again(() => client.updateRun(runId, 'FINISHED', root.endTimeMs));
}

async function experimentIdOf(name: string): Promise<string> {
  const found = await client.getExperimentByName(name);
  return found?.experiment_id ?? (await client.createExperiment(name)) ?? (await experimentIdOf(name));
}

async function deliverFile(file: string): Promise<void> {
  const kept = JSON.parse(readFileSync(join(PENDING, file), 'utf8')) as {
    tree: RecordedTree['tree'];
    files: { path: string; bytes: string }[];
  };
  const files = kept.files.map(({ path, bytes }) => ({ path, bytes: Buffer.from(bytes, 'base64') }));
  await deliver({ tree: kept.tree, files });
  unlinkSync(join(PENDING, file));
}

async function accept(csv: Buffer, body: FormBody): Promise<void> {
  const fields = parseFields(body);
  const plan = await planOf(fields, 1);
  const result = await runCsv(csv, plan);
  const [fileName, receivedAt] = ['diabetes.csv', new Date()];
  const names = namesOf({ given: fields.names, fileName, receivedAt });
  const run = describeRun({ fields, names, fileName, receivedAt, plan, result });
  const { tree, files } = recordTree(chosenOf(result).pipeline, run, process.env);
  const kept = { tree, files: files.map(({ path, bytes }) => ({ path, bytes: bytes.toString('base64') })) };
  const file = `${tree.requestId}.json`;
  writeFileSync(join(PENDING, file), JSON.stringify(kept));
  void deliverFile(file);
}

mkdirSync(PENDING, { recursive: true });
const app = express();
app.get('/test', (_request, response) => {
  response.json({});
});
app.post('/train', multer().single('train_file'), async (request, response) => {
  await accept(request.file!.buffer, request.body as FormBody);
  response.status(202).json({ tracking: 'pending' });
});
app.listen(Number(PORT), '127.0.0.1');
for (const file of readdirSync(PENDING)) void deliverFile(file);
