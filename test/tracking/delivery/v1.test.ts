import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REQUEST_ID_TAG } from '../../../src/tracking/tree.ts';
import { Bench, QUARANTINE_MS, RECHECK_MS } from './bench.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/records/v1');
/** Version 1 wrote no model.json. */
const FILES = 8;
/** A training of version 1 has one param more than the sample: the target. */
const PARAMS = 29;
/** Its data set is the whole file. */
const INPUTS = 1;
const CREATES = ['runs/create', 'logged-models', 'runs/log-model', 'model-versions/create'];

const idsIn = (folder: string, state: string) =>
  readdirSync(join(FIXTURES, folder, 'spool', state)).map((name) => ({ id: name.slice(14, 50) }));

describe.each([
  // Three trainings were begun, up to their run, their model and their version; one was not.
  ['mlflow3', '3.17.2', [1, 2, 0, 3]],
  // One was begun, up to its listing, and one was not.
  ['mlflow2', '2.22.5', [1, 0, 1, 2]],
] as const)('what version 1 left before %s', (folder, version, creates) => {
  const { runId } = JSON.parse(readFileSync(join(FIXTURES, folder, 'answer.json'), 'utf8'));
  const pending = idsIn(folder, 'pending');
  const dead = idsIn(folder, 'dead');
  const leftBehind = {
    spool: join(FIXTURES, folder, 'spool'),
    mlflow: join(FIXTURES, folder, 'mlflow.json'),
  };
  const open = () => Bench.open({ version, leftBehind });
  const requestOf = (bench: Bench, id: string) => bench.standIn.store.runs.get(id)?.tags.get(REQUEST_ID_TAG);
  const delivered = { id: '' };

  test('the pending trainings are delivered, each once, and the dead one is once it is retried', async () => {
    await using bench = await open();
    delivered.id = requestOf(bench, runId)!;
    expect(bench.spool.stats()).toMatchObject({ pending: pending.length, dead: 1 });
    await bench.untilDelivered();
    expect(CREATES.map((name) => bench.count(name))).toEqual(creates);
    expect(bench.clock.now()).toBeLessThan(QUARANTINE_MS);
    expect(await bench.deliveries.list()).toMatchObject([
      { ...dead[0], state: 'dead', runName: 'refused', lastError: { code: 'mlflow_refused' } },
    ]);

    expect(await bench.deliveries.retry(dead[0]!.id)).toBe(true);
    await bench.untilDelivered();
    bench.expectEachOnce([...pending, ...dead, delivered], { params: PARAMS, inputs: INPUTS, files: FILES });
  });

  test('they hold in MLflow what the training holds that version 1 itself delivered', async () => {
    await using bench = await open();
    await bench.untilDelivered();
    await bench.deliveries.retry(dead[0]!.id);
    await bench.untilDelivered();
    const { store, registry } = bench.standIn;
    // MLflow 3 keeps the files of a model with the model.
    const idsOf = (id: string) => [
      id,
      ...[...store.models.values()].flatMap((model) =>
        model.info.source_run_id === id ? [model.info.model_id] : [],
      ),
    ];
    const contents = [...store.runs.values()].map(({ info, tags, params, metrics, inputs }) => ({
      info: { ...info, run_id: '', run_uuid: '', artifact_uri: '', run_name: '', start_time: 0, end_time: 0 },
      tags: [...tags].filter(([key]) => !/request_id|log-model.history/.test(key)),
      params: [...params],
      metrics: [...metrics.values()].map((metric) => ({ ...metric, timestamp: 0, model_id: '' })),
      inputs,
      files: [...store.artifacts]
        .filter(([path]) => idsOf(info.run_id).some((id) => path.includes(`/${id}/`)))
        .map(([path, bytes]) => [path.slice(path.lastIndexOf('/')), bytes] as const)
        // Version 1 wrote the signature `any`, which older versions of MLflow cannot read.
        .map(([name, bytes]) => [name, name === '/MLmodel' ? bytes > 0 : bytes])
        .sort(),
    }));
    expect(contents).toHaveLength(pending.length + 2);
    expect(contents[0]?.files).toHaveLength(FILES);
    for (const content of contents) expect(content).toEqual(contents[0]);
    const names = [...registry.registered.values()].map(({ name, aliases }) => [name, [...aliases]]);
    for (const [, aliases] of names) expect(aliases).toEqual([['champion', '1']]);
    expect(names).toHaveLength(contents.length);
  });

  test('the recheck that version 1 still owed is carried out', async () => {
    await using bench = await open();
    const { store } = bench.standIn;
    const { info, tags } = store.runs.get(runId)!;
    const double = store.createRun({ ...info, tags: [...tags].map(([key, value]) => ({ key, value })) }).run;
    await bench.untilDelivered();
    await bench.untilTime(RECHECK_MS + 60_000);
    expect(bench.scheduler.counts().doublesRemoved).toBe(1);
    expect(store.runs.get(double.info.run_id)?.info.lifecycle_stage).toBe('deleted');
    expect(store.runs.get(runId)?.info).toMatchObject({ lifecycle_stage: 'active', status: 'FINISHED' });
    await bench.until(() => bench.scheduler.counts().underWay === 0);
    const view = await bench.deliveries.find(requestOf(bench, runId)!);
    expect(view).toMatchObject({ state: 'delivered', attempts: 1, logged: { runId, modelVersion: '1' } });
    expect((await bench.spool.find(view!.id))?.outcome).not.toHaveProperty('recheck');
  });
});
