import { describe, expect, test } from 'vitest';
import { TrackingRefusedError, TrackingUnreachableError } from '../../src/errors.ts';
import { MlflowLog } from '../../src/tracking/mlflowLog.ts';
import { answer, countingServer, type Handler, hangUp, type SeenRequest, silence } from './countingServer.ts';
import { samplePipeline, sampleRun } from './sample.ts';

const RUN = { run_id: 'r1', experiment_id: '7', artifact_uri: 'mlflow-artifacts:/7/r1/artifacts' };

/** As much of MLflow 2 as a delivery needs; `special` answers some of the calls. */
function fakeMlflow2(special: (seen: SeenRequest) => Handler | undefined = () => undefined): Handler {
  const answers: readonly (readonly [string, object | string])[] = [
    ['/version', '2.22.5'],
    ['experiments/get-by-name', { experiment: { experiment_id: '7', lifecycle_stage: 'active' } }],
    ['runs/create', { run: { info: RUN } }],
    ['model-versions/create', { model_version: { version: '3' } }],
  ];
  return (response, seen, count) => {
    const usual = answers.find(([part]) => seen.path.includes(part))?.[1] ?? {};
    (special(seen) ?? answer(200, usual))(response, seen, count);
  };
}

function logTo(trackingUri: string, options: { publicUrl?: string; timeoutMs?: number } = {}) {
  const log = new MlflowLog({ trackingUri, timeoutMs: 5_000, env: {}, ...options });
  return {
    logModel: (overrides = {}) => log.logModel(samplePipeline(), sampleRun(overrides)),
    ready: () => log.ready(),
    [Symbol.asyncDispose]: () => log.close(),
  };
}

const statusesSet = (seen: readonly SeenRequest[]) =>
  seen.filter(({ path }) => path.endsWith('runs/update')).map(({ body }) => JSON.parse(body).status);
const countOf = (seen: readonly SeenRequest[], part: string) =>
  seen.filter(({ path }) => path.includes(part)).length;

describe('logModel', () => {
  test('says where the run is found', async () => {
    await using server = await countingServer(fakeMlflow2());
    await using log = logTo(server.url, { publicUrl: 'https://mlflow.example/' });
    expect(await log.logModel({ runName: 'a run', registeredModelName: 'a model' })).toEqual({
      runId: 'r1',
      runName: 'a run',
      runUrl: 'https://mlflow.example/#/experiments/7/runs/r1',
      experimentId: '7',
      modelUri: 'runs:/r1/diabetes-model',
      registeredModelName: 'a model',
      modelVersion: '3',
      modelUrl: 'https://mlflow.example/#/models/a%20model/versions/3',
    });
    expect(statusesSet(server.seen)).toEqual(['FINISHED']);
  });

  test('links show no credentials', async () => {
    await using server = await countingServer(fakeMlflow2());
    await using log = logTo(`${server.url.replace('//', '//ada:geheim@')}/`);
    expect((await log.logModel()).runUrl).toBe(`${server.url}/#/experiments/7/runs/r1`);
    expect(server.seen[0]?.headers.authorization).toBe(`Basic ${btoa('ada:geheim')}`);
  });

  test('the alias comes after the version, and FINISHED after everything', async () => {
    await using server = await countingServer(fakeMlflow2());
    await using log = logTo(server.url);
    await log.logModel({ alias: 'champion' });
    const names = server.seen.map(({ path }) => path.split('/').slice(-2).join('/'));
    expect(names.slice(-4)).toEqual([
      'registered-models/create',
      'model-versions/create',
      'registered-models/alias',
      'runs/update',
    ]);
  });

  test('wrong credentials: one call, no run', async () => {
    await using server = await countingServer(answer(401, 'You are not authenticated.'));
    await using log = logTo(server.url.replace('//', '//ada:geheim@'));
    const error = await log.logModel().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TrackingRefusedError);
    expect(String(error)).toMatch(/401.*MLFLOW_TRACKING_USERNAME/);
    expect(JSON.stringify(error) + String(error)).not.toMatch(/geheim/);
    expect(server.seen).toHaveLength(1);
  });

  test('a run whose creation got lost is not made again, but looked for', async () => {
    const lost = (seen: SeenRequest) => (seen.path.endsWith('runs/create') ? hangUp : undefined);
    await using server = await countingServer(fakeMlflow2(lost));
    await using log = logTo(server.url);
    await expect(log.logModel()).rejects.toMatchObject({ code: 'mlflow_unreachable', details: {} });
    expect(countOf(server.seen, 'runs/create')).toBe(1);
    expect(countOf(server.seen, 'runs/search')).toBe(1);
    expect(statusesSet(server.seen)).toEqual([]);
  });

  test('artifacts out of reach: the run ends FAILED, and the error says how to start the server', async () => {
    const info = { ...RUN, artifact_uri: 's3://bucket/7/r1/artifacts' };
    const elsewhere = (seen: SeenRequest) =>
      seen.path.endsWith('runs/create') ? answer(200, { run: { info } }) : undefined;
    await using server = await countingServer(fakeMlflow2(elsewhere));
    await using log = logTo(server.url);
    await expect(log.logModel()).rejects.toMatchObject({
      code: 'artifacts_not_proxied',
      message: expect.stringMatching(/--artifacts-destination/),
      details: { runId: 'r1' },
    });
    expect(statusesSet(server.seen)).toEqual(['FAILED']);
    expect(countOf(server.seen, 'log-batch')).toBe(0);
  });

  test('a run that cannot even be ended: the error says so, and keeps both causes', async () => {
    const refusing = (seen: SeenRequest) =>
      /runs\/(update|log-batch)/.test(seen.path) ? answer(400, { message: seen.path }) : undefined;
    await using server = await countingServer(fakeMlflow2(refusing));
    await using log = logTo(server.url);
    const error = await log.logModel().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TrackingRefusedError);
    expect(error).toMatchObject({
      message: expect.stringMatching(/refused runs\/log-batch.*The run r1 could not be marked FAILED/),
      details: { runId: 'r1' },
      cause: {
        errors: [
          { message: expect.stringMatching(/log-batch/) },
          { message: expect.stringMatching(/update/) },
        ],
      },
    });
  });

  test('nothing is on its way any more when the run is marked FAILED', async () => {
    let late = false;
    const handler = (seen: SeenRequest): Handler | undefined => {
      if (seen.path.endsWith('log-batch')) return answer(400, {});
      if (!seen.path.endsWith('model.pkl')) return undefined;
      return (response) => {
        setTimeout(() => {
          late = true;
          response.end('{}');
        }, 150);
      };
    };
    let lateWhenFailed: boolean | undefined;
    const watching = (seen: SeenRequest) => {
      if (seen.path.endsWith('runs/update')) lateWhenFailed = late;
      return handler(seen);
    };
    await using server = await countingServer(fakeMlflow2(watching));
    await using log = logTo(server.url);
    await expect(log.logModel()).rejects.toMatchObject({ code: 'mlflow_refused' });
    expect(lateWhenFailed).toBe(true);
  });

  test('an experiment that went away since is looked up once more', async () => {
    let made = 0;
    const gone = (seen: SeenRequest) => {
      if (!seen.path.endsWith('runs/create') || ++made !== 2) return undefined;
      return answer(404, {
        error_code: 'RESOURCE_DOES_NOT_EXIST',
        message: 'No Experiment with id=7 exists',
      });
    };
    await using server = await countingServer(fakeMlflow2(gone));
    await using log = logTo(server.url);
    await log.logModel();
    await log.logModel();
    expect([made, countOf(server.seen, 'get-by-name')]).toEqual([3, 2]);
  });

  test('an experiment that is new to us and gone all the same is an error, not a loop', async () => {
    const gone = (seen: SeenRequest) =>
      seen.path.endsWith('runs/create')
        ? answer(404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'No Experiment' })
        : undefined;
    await using server = await countingServer(fakeMlflow2(gone));
    await using log = logTo(server.url);
    await expect(log.logModel()).rejects.toMatchObject({ code: 'mlflow_refused', details: {} });
    expect(countOf(server.seen, 'runs/create')).toBe(1);
  });
});

describe('ready', () => {
  test('MLflow answers', async () => {
    await using server = await countingServer(answer(200, 'OK'));
    await using log = logTo(`${server.url}/prefix`);
    expect(await log.ready()).toEqual({ ready: true });
    expect(server.seen[0]?.path).toBe('/prefix/health');
  });

  test('MLflow does not', async () => {
    await using server = await countingServer(silence);
    await using log = logTo(server.url);
    const start = performance.now();
    expect(await log.ready()).toEqual({ ready: false, reason: 'MLflow did not answer health within 2 s.' });
    expect(performance.now() - start).toBeLessThan(4_000);
  });

  test('nobody is there', async () => {
    const server = await countingServer(silence);
    await server[Symbol.asyncDispose]();
    await using log = logTo(server.url);
    expect(await log.ready()).toMatchObject({
      ready: false,
      reason: expect.stringMatching(/cannot be reached/),
    });
    await expect(log.logModel()).rejects.toBeInstanceOf(TrackingUnreachableError);
  });
});
