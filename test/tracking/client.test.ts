import { describe, expect, test } from 'vitest';
import { MlflowClient } from '../../src/tracking/client.ts';
import { answer, countingServer, type Handler, inTurn } from './countingServer.ts';

async function withServer<Result>(
  handler: Handler,
  use: (client: MlflowClient, seen: readonly { path: string; body: string }[]) => Promise<Result>,
): Promise<Result> {
  await using server = await countingServer(handler);
  const client = new MlflowClient({ trackingUri: server.url, timeoutMs: 300_000 });
  try {
    return await use(client, server.seen);
  } finally {
    await client.close();
  }
}

const RUN = { experimentId: '1', user: 'ada', runName: 'r', startTimeMs: 1, tags: {} };
const MODEL = { experimentId: '1', runId: 'r', name: 'm', params: {}, tags: {} };
const DATASET = { name: 'd', digest: '0', source_type: 'local', source: '{}', schema: '{}', profile: '{}' };
const INPUTS = [{ dataset: DATASET, context: 'training' }];

/** What makes something new each time goes out once: the failure does not tell whether it was made. */
const CALLS: readonly (readonly [string, times: number, (client: MlflowClient) => Promise<unknown>])[] = [
  ['createRun', 1, (client) => client.createRun(RUN)],
  ['createLoggedModel', 1, (client) => client.createLoggedModel(MODEL)],
  ['createModelVersion', 1, (client) => client.createModelVersion({ name: 'n', source: 's', runId: 'r' })],
  ['logModel', 1, (client) => client.logModel('r', '{}')],
  ['getExperimentByName', 4, (client) => client.getExperimentByName('e')],
  ['createExperiment', 4, (client) => client.createExperiment('e')],
  ['getRun', 4, (client) => client.getRun('r')],
  ['findRuns', 4, (client) => client.findRuns('1', 'tag', 'x')],
  ['findRunsLike', 4, (client) => client.findRunsLike('1', 'tag', 'x%', 10)],
  ['deleteRun', 4, (client) => client.deleteRun('r')],
  ['setRunTag', 4, (client) => client.setRunTag('r', 't', 'x')],
  ['updateRun', 4, (client) => client.updateRun('r', 'FINISHED', 1)],
  ['logInputs', 4, (client) => client.logInputs('r', INPUTS)],
  ['logBatch', 4, (client) => client.logBatch('r', {}, [])],
  ['logOutput', 4, (client) => client.logOutput('r', 'm-1')],
  ['findLoggedModels', 4, (client) => client.findLoggedModels('1', 'r')],
  ['deleteLoggedModel', 4, (client) => client.deleteLoggedModel('m-1')],
  ['finalizeLoggedModel', 4, (client) => client.finalizeLoggedModel('m-1', 'READY')],
  ['putArtifact', 4, (client) => client.putArtifact('1/r', 'f', Buffer.from(''))],
  ['ensureRegisteredModel', 4, (client) => client.ensureRegisteredModel('n')],
  ['findModelVersions', 4, (client) => client.findModelVersions('n', 'r')],
  ['deleteModelVersion', 4, (client) => client.deleteModelVersion('n', '1')],
  ['findAliasVersion', 4, (client) => client.findAliasVersion('n', 'a')],
  ['setAlias', 4, (client) => client.setAlias('n', 'a', '1')],
];

describe.concurrent('sent again while MLflow is unavailable', () => {
  test.each(CALLS)('%s: %d times in all', async (_, times, call) => {
    await withServer(answer(503), async (client, seen) => {
      await expect(call(client)).rejects.toMatchObject({ code: 'mlflow_failed' });
      expect(seen).toHaveLength(times);
    });
  });
});

test('metrics that MLflow does not take in one call go in several, the params with the first', async () => {
  const metrics = Array.from({ length: 2_500 }, (_, step) => ({
    key: 'loss',
    value: step,
    timestamp: 5,
    step,
  }));
  await withServer(answer(200), async (client, seen) => {
    await client.logBatch('r', { C: '1.0', max_iter: '100' }, metrics);
    const bodies = seen.map(({ body }) => JSON.parse(body));
    expect(bodies.map((body) => [body.params.length, body.metrics.length])).toEqual([
      [2, 998],
      [0, 1_000],
      [0, 502],
    ]);
    expect(bodies.flatMap((body) => body.metrics)).toEqual(metrics);
  });
});

test('params are texts, and numbers that JSON does not know are texts MLflow reads', async () => {
  const metric = (key: string, value: number) => ({ key, value, timestamp: 5, step: 0 });
  await withServer(answer(200), async (client, seen) => {
    await client.logBatch('r', { C: '1.0', max_iter: '100' }, [
      metric('third', 1 / 3),
      metric('nan', Number.NaN),
      metric('inf', Number.NEGATIVE_INFINITY),
    ]);
    expect(JSON.parse(seen[0]!.body)).toEqual({
      run_id: 'r',
      params: [
        { key: 'C', value: '1.0' },
        { key: 'max_iter', value: '100' },
      ],
      metrics: [
        { key: 'third', value: 1 / 3, timestamp: 5, step: 0 },
        { key: 'nan', value: 'NaN', timestamp: 5, step: 0 },
        { key: 'inf', value: '-Infinity', timestamp: 5, step: 0 },
      ],
    });
  });
});

test('names are encoded, each part of a path for itself', async () => {
  await withServer(answer(200), async (client, seen) => {
    await client.putArtifact('1/a b?#', 'größe%.json', Buffer.from(''));
    await client.getExperimentByName('a&b=ö');
    await client.findModelVersions("it's", 'r');
    const paths = seen.map(({ path }) => path);
    expect(paths[0]).toBe('/api/2.0/mlflow-artifacts/artifacts/1/a%20b%3F%23/gr%C3%B6%C3%9Fe%25.json');
    expect(paths[1]).toBe('/api/2.0/mlflow/experiments/get-by-name?experiment_name=a%26b%3D%C3%B6');
    expect(new URL(paths[2]!, 'http://x').searchParams.get('filter')).toBe("run_id='r'");
  });
});

describe('what counts as done, and what as nothing', () => {
  const exists = answer(400, { error_code: 'RESOURCE_ALREADY_EXISTS', message: '' });
  const absent = answer(404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: '' });
  const unique = answer(400, {
    error_code: 'BAD_REQUEST',
    message: 'UNIQUE constraint failed: inputs.source_type',
  });
  const duplicate = answer(400, {
    error_code: 'BAD_REQUEST',
    message: 'duplicate key value violates a constraint',
  });
  test.each<[string, Handler, (client: MlflowClient) => Promise<unknown>]>([
    ['an experiment that exists', exists, (client) => client.createExperiment('e')],
    ['an experiment that does not', absent, (client) => client.getExperimentByName('e')],
    ['a registered model that exists', exists, (client) => client.ensureRegisteredModel('n')],
    ['an output that is there', unique, (client) => client.logOutput('r', 'm')],
    ['an output that is there, in PostgreSQL', duplicate, (client) => client.logOutput('r', 'm')],
    ['a run that does not exist', absent, (client) => client.getRun('r')],
    ['a run that is deleted for good', absent, (client) => client.deleteRun('r')],
    ['a logged model that is gone', absent, (client) => client.deleteLoggedModel('m')],
    ['a model version that is gone', absent, (client) => client.deleteModelVersion('n', '1')],
  ])('%s', async (_, handler, call) => {
    expect(await withServer(handler, call)).toBeUndefined();
  });

  const refusal = answer(400, { error_code: 'BAD_REQUEST', message: 'something else' });
  test.each(CALLS)('%s: any other refusal is an error', async (_, __, call) => {
    await withServer(refusal, async (client) => {
      await expect(call(client)).rejects.toMatchObject({ code: 'mlflow_refused' });
    });
  });

  test.each([
    ['is there the second time', [unique, answer(200)], 2],
    ['is still said to be new', [unique], 2],
    ['is refused', [refusal], 1],
  ])('a data set that another run brings at the same moment, and that %s', async (_, handlers, times) => {
    await withServer(inTurn(...handlers), async (client, seen) => {
      const logged = client.logInputs('r', INPUTS);
      if (handlers.length === 2) await logged;
      else await expect(logged).rejects.toMatchObject({ code: 'mlflow_refused' });
      expect(seen).toHaveLength(times);
    });
  });

  test('a search by pattern follows its pages, and does not follow them for ever', async () => {
    const page = (count: number) => answer(200, { runs: Array(count).fill({}), next_page_token: 'next' });
    await withServer(inTurn(page(2), page(2), page(0)), async (client, seen) => {
      expect(await client.findRunsLike('1', 'tag', 'x%', 2)).toHaveLength(4);
      expect(seen).toHaveLength(3);
    });
    await withServer(page(1_000), async (client, seen) => {
      expect(await client.findRunsLike('1', 'tag', 'x%', 1_000)).toHaveLength(5_000);
      expect(seen).toHaveLength(5);
    });
  });

  test('a web page that says 200', async () => {
    await withServer(answer(200, '<html>Log in'), async (client) => {
      await expect(client.getExperimentByName('e')).rejects.toMatchObject({
        code: 'mlflow_refused',
        message: expect.stringMatching(/is it an MLflow server/),
      });
    });
  });

  test('a create is sent again if MLflow asks the client to come back', async () => {
    const run = { info: { run_id: 'r', experiment_id: '1', artifact_uri: 'u' } };
    await withServer(inTurn(answer(429), answer(200, { run })), async (client) => {
      expect(await client.createRun(RUN)).toEqual(run.info);
    });
  });
});
