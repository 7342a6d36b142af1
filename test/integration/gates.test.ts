import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/index.ts';
import { createLogger } from '../../src/log/logger.ts';
import { type Service, startService } from '../../src/service.ts';
import { byKey, type Json, mlflowGet, mlflowPost, modelVersionsOf } from '../support/mlflowApi.ts';
import { unusedPort } from '../support/mlflowServer.ts';
import { mlflowServers } from '../support/mlflowServers.ts';
import { runPython } from '../support/python.ts';
import { THREAD } from '../support/service.ts';
import { trainForm } from '../support/trainForm.ts';

const mlflow = await mlflowServers();
const DIABETES = readFileSync(join(import.meta.dirname, '../../data/diabetes.csv'));
const ALIAS = 'champion';
/** Longest wait for MLflow, in seconds. */
const PATIENCE_S = 300;

/** Forwards connections at a port that MLflow did not have before. */
async function openDoor(port: number, target: string): Promise<Server> {
  const { hostname, port: targetPort } = new URL(target);
  const door = createServer((socket) => {
    const other = createConnection({ host: hostname, port: Number(targetPort) });
    socket.pipe(other).pipe(socket);
    for (const one of [socket, other]) one.on('error', () => [socket, other].map((side) => side.destroy()));
  });
  door.listen(port, '127.0.0.1');
  await once(door, 'listening');
  return door;
}

describe.skipIf(mlflow === null).each([
  { server: 'mlflow3', venv: 'reference' },
  { server: 'mlflow2', venv: 'mlflow2' },
] as const)('gates and $server', ({ server, venv }) => {
  const target = mlflow?.[server] ?? '';
  const name = `gates-${process.pid}`;
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-gates-'));
  let service: Service;
  /** A service that cannot reach MLflow until a test opens the door. */
  let lateService: Service;
  let latePort: number;
  let door: Server | undefined;

  const start = (uri: string, folder: string) =>
    startService(
      readConfig({
        PORT: '0',
        MLFLOW_TRACKING_URI: uri,
        SPOOL_DIR: join(dir, folder, 'spool'),
        TEMP_DIR: join(dir, folder, 'temp'),
      }),
      createLogger('silent'),
      THREAD,
    );
  beforeAll(async () => {
    latePort = await unusedPort();
    service = await start(target, 'prompt');
    lateService = await start(`http://127.0.0.1:${latePort}`, 'late');
  });
  afterAll(async () => {
    await Promise.all([service?.stop(), lateService?.stop()]);
    door?.close();
    rmSync(dir, { recursive: true });
  });

  async function post(
    { url }: Service,
    fields: Readonly<Record<string, string>>,
    prefer = `wait=${PATIENCE_S}`,
  ): Promise<{ status: number; gate: string | null; body: Json }> {
    const form = { registered_model: name, alias: ALIAS, exp_name: name, ...fields };
    const { contentType, body } = trainForm(form, DIABETES);
    const response = await fetch(`${url}/train`, {
      method: 'POST',
      headers: { 'content-type': contentType, Prefer: prefer },
      body: Uint8Array.from(body),
    });
    const { status, headers } = response;
    return { status, gate: headers.get('X-Gate'), body: await response.json() };
  }
  const holder = async (): Promise<Json> => {
    const query = new URLSearchParams({ name, alias: ALIAS });
    return (await mlflowGet(target, `mlflow/registered-models/alias?${query}`)).model_version;
  };
  const startOf = async (runId: string): Promise<number> =>
    (await mlflowGet(target, `mlflow/runs/get?run_id=${runId}`)).run.info.start_time;
  const versions = async () => (await modelVersionsOf(target, name)).length;

  it('let the alias point at the last training asked for that passed, however late another arrives', async () => {
    const early = await post(lateService, { gate: 'accuracy > 0.5' }, 'wait=0');
    expect([early.status, early.gate, early.body.tracking.state]).toEqual([202, 'passed', 'pending']);
    const both = await Promise.all([
      post(service, { gate: 'not worse(roc_auc)', C: '0.5' }),
      post(service, { gate: 'not worse(roc_auc)', C: '2' }),
    ]);
    expect(both.map(({ status, gate }) => [status, gate])).toEqual([
      [200, 'passed'],
      [200, 'passed'],
    ]);
    const runs = both.map(({ body }) => body.run.id as string);
    const starts = await Promise.all(runs.map(startOf));
    const last = runs.filter((_, index) => starts[index] === Math.max(...starts));
    const held = await holder();
    expect(last).toContain(held.run_id);

    door = await openDoor(latePort, target);
    const url = `${lateService.url}/deliveries/${early.body.tracking.delivery.id}`;
    const delivery = async () => (await (await fetch(url)).json()) as Json;
    await expect.poll(async () => (await delivery()).state, { interval: 200 }).toBe('delivered');
    expect(await startOf((await delivery()).run.id)).toBeLessThan(Math.min(...starts));
    expect(await versions()).toBe(3);
    expect(await holder()).toEqual(held);
  });

  it('leave the alias and the versions as they are if one fails', async () => {
    const held = await holder();
    const { status, gate, body } = await post(service, { gate: 'better(roc_auc)' });
    expect([status, gate]).toEqual([422, 'failed']);
    expect(body).toMatchObject({ code: 'gate_failed', champion: { model: { version: held.version } } });
    expect(body.model).toMatchObject({ name, version: null });
    const run = (await mlflowGet(target, `mlflow/runs/get?run_id=${body.run.id}`)).run;
    expect(run.info.status).toBe('FINISHED');
    expect(run.data.tags).toContainEqual({ key: 'trainpost.gate', value: 'failed' });
    expect(await versions()).toBe(3);
    expect(await holder()).toEqual(held);
  });

  it('compare with the model behind the alias as MLflow has it now, also if another client moved the alias', async () => {
    for (const version of ['1', '3', '2']) {
      await mlflowPost(target, 'mlflow/registered-models/alias', { name, alias: ALIAS, version });
      // The second gate fails, so that the alias stays.
      const { body } = await post(service, { gate: 'better(roc_auc)' });
      expect(body.champion.model).toMatchObject({ name, version });
    }
  });

  it('move the alias to a training that comes after all others', async () => {
    const { body, status } = await post(service, { gate: 'delta(roc_auc) > -0.1' });
    expect(status).toBe(200);
    expect((await holder()).run_id).toBe(body.run.id);
    expect(body.model.version).toBe((await holder()).version);
  });

  it('have the metrics that the run of the champion logged, and log intervals', async () => {
    const { run_id: runId } = await holder();
    const logged = byKey((await mlflowGet(target, `mlflow/runs/get?run_id=${runId}`)).run.data.metrics);
    const { body } = await post(service, { gate: 'champion.logged.recall > 1' });
    expect(body.gate.gates[0].values).toEqual({ 'champion.logged.recall': logged['test_recall_score'] });
    const { data } = (await mlflowGet(target, `mlflow/runs/get?run_id=${body.run.id}`)).run;
    const metrics = byKey(data.metrics);
    for (const [metric, [low, high]] of Object.entries(body.intervals as Record<string, number[]>)) {
      expect([metrics[`test_${metric}_ci_low`], metrics[`test_${metric}_ci_high`]], metric).toEqual([
        low,
        high,
      ]);
    }
  });

  it('cannot compare with a model that trainpost did not log, and say what to do', async () => {
    const foreign = `foreign-${name}`;
    const asked = { tracking_uri: target, experiment: foreign, registered_model: foreign, alias: ALIAS };
    const made = (await runPython(venv, 'log_foreign.py', asked)) as { version: string };
    const { status, body } = await post(service, { registered_model: foreign, gate: 'not worse(f1)' });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'foreign_model' });
    expect(body.detail).toContain('train the model again with trainpost');
    expect(await modelVersionsOf(target, foreign)).toHaveLength(1);
    const json = { 'content-type': 'application/json' };
    const query = new URLSearchParams({ model: `models:/${foreign}/${made.version}` });
    const request = { method: 'POST', headers: json, body: '{"dataframe_records": [{"a": 1}]}' };
    const prediction = await fetch(`${service.url}/invocations?${query}`, request);
    expect(prediction.status).toBe(422);
    expect(await prediction.json()).toMatchObject({ code: 'foreign_model' });
    // Without a comparison, the training is the next version.
    const { body: next } = await post(service, { registered_model: foreign, gate: 'recall > 0.1' });
    expect(next.model).toMatchObject({ name: foreign, version: String(Number(made.version) + 1) });
  });

  it('say how many test rows the champion was trained on', async () => {
    const { body } = await post(service, { gate: 'warn: better(roc_auc)', random_state: '7' });
    const warning = body.warnings.find(({ code }: { code: string }) => code === 'champion_saw_rows');
    expect(warning.message).toMatch(/trained on \d+ of the 231 test rows/);
  });
});
