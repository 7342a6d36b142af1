import { describe, expect, test } from 'vitest';
import { TrackingServer } from '../../src/tracking/trackingServer.ts';
import { answer, countingServer, type Handler, inTurn } from './countingServer.ts';

async function withServer(
  handler: Handler,
  use: (server: TrackingServer, seen: readonly { method: string; path: string }[]) => Promise<void>,
): Promise<void> {
  await using http = await countingServer(handler);
  const server = new TrackingServer({ trackingUri: http.url, timeoutMs: 300_000 });
  try {
    await use(server, http.seen);
  } finally {
    await server.close();
  }
}

const absent = answer(404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: '' });
const exists = answer(400, { error_code: 'RESOURCE_ALREADY_EXISTS', message: '' });
const served = answer(200, { files: [] });
const created = answer(200, { experiment_id: '7' });
const experiment = (stage: string, location = 'mlflow-artifacts:/7') =>
  answer(200, { experiment: { experiment_id: '7', lifecycle_stage: stage, artifact_location: location } });

describe('version', () => {
  test.each([
    ['3.17.2', 3],
    ['10.0.0\n', 3],
    ['2.22.5', 2],
    ['3.0.0rc1', 3],
  ])('%j is asked for once and counts as %d', async (text, major) => {
    await withServer(answer(200, text), async (server, seen) => {
      expect(await Promise.all([server.major(), server.major()])).toEqual([major, major]);
      // One call, and four that measure a kept-alive connection.
      expect(seen).toHaveLength(5);
      expect(await server.major()).toBe(major);
      expect(seen).toHaveLength(5);
      server.forget();
      await server.major();
      expect(seen).toHaveLength(10);
    });
  });

  test.each(['1.30.0', '<html>', '', '3', '0.9'])(
    '%j is not a version of MLflow that is supported',
    async (text) => {
      await withServer(answer(200, text), async (server) => {
        await expect(server.major()).rejects.toMatchObject({ code: 'mlflow_version' });
      });
    },
  );

  test('a failure is not remembered', async () => {
    await withServer(inTurn(answer(500), answer(200, '3.17.2')), async (server) => {
      await expect(server.major()).rejects.toMatchObject({ code: 'mlflow_failed' });
      expect(await server.major()).toBe(3);
    });
  });
});

describe('experiment', () => {
  test('is looked up once, also by trainings that come at once', async () => {
    await withServer(experiment('active'), async (server, seen) => {
      const ids = Array.from({ length: 4 }, () => server.experiments.id('e'));
      expect(await Promise.all(ids)).toEqual(['7', '7', '7', '7']);
      expect(await server.experiments.id('e')).toBe('7');
      expect(seen).toHaveLength(1);
    });
  });

  test('is made if there is none', async () => {
    await withServer(inTurn(absent, served, created, experiment('active')), async (server, seen) => {
      expect(await server.experiments.id('e')).toBe('7');
      expect(seen.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST', 'GET']);
    });
  });

  test('is taken from another one who was faster', async () => {
    await withServer(inTurn(absent, served, exists, experiment('active')), async (server, seen) => {
      expect(await server.experiments.id('e')).toBe('7');
      expect(seen).toHaveLength(4);
    });
  });

  test.each([
    ['found so', [experiment('deleted')]],
    ['by another one in between', [absent, served, exists, experiment('deleted')]],
  ])('deleted (%s): says so, and looks again the next time', async (_, handlers) => {
    await withServer(inTurn(...handlers, experiment('active')), async (server) => {
      await expect(server.experiments.id('e')).rejects.toMatchObject({
        code: 'experiment_deleted',
        details: { field: 'exp_name' },
        message: expect.stringMatching(
          /"e" has been deleted: restore it .*--experiment-id 7.* or use another name/,
        ),
      });
      expect(await server.experiments.id('e')).toBe('7');
    });
  });

  test('whose files only clients can write is named before any run, and is looked at again', async () => {
    const elsewhere = experiment('active', 's3://bucket/7');
    await withServer(inTurn(elsewhere, elsewhere, experiment('active')), async (server) => {
      for (const ask of [() => server.experiments.id('e'), () => server.experiments.check('e')]) {
        await expect(ask()).rejects.toMatchObject({
          code: 'artifacts_not_proxied',
          details: { field: 'exp_name', openMessage: expect.not.stringContaining('"e"') },
          message: expect.stringMatching(/^The MLflow experiment "e" keeps its artifacts where only clients/),
        });
      }
      expect(await server.experiments.id('e')).toBe('7');
    });
  });

  test('is not created on a server that serves no artifacts', async () => {
    const refused = answer(503, 'The server was started in `--no-serve-artifacts` mode');
    const handlers = [absent, refused, refused, refused, refused];
    const corrected = [absent, served, created, experiment('active')];
    await withServer(inTurn(...handlers, ...handlers, ...corrected), async (server, seen) => {
      for (const ask of [() => server.experiments.id('e'), () => server.experiments.check('e')]) {
        await expect(ask()).rejects.toMatchObject({
          code: 'artifacts_not_proxied',
          message: expect.stringMatching(/^The MLflow server serves no artifacts: start it with/),
        });
      }
      expect(seen.filter(({ method }) => method === 'POST')).toEqual([]);
      expect(await server.experiments.id('e')).toBe('7');
    });
  });

  test('is not created by a look at it, and is found at once afterwards', async () => {
    await withServer(inTurn(absent, served, experiment('active')), async (server, seen) => {
      await server.experiments.check('e');
      expect(server.experiments.knows('e')).toBe(false);
      await server.experiments.check('e');
      expect(await server.experiments.id('e')).toBe('7');
      expect(seen).toHaveLength(3);
    });
  });

  test('contradictions are an error, not a loop', async () => {
    await withServer(inTurn(absent, served, exists, absent), async (server, seen) => {
      await expect(server.experiments.id('e')).rejects.toMatchObject({ code: 'mlflow_refused' });
      expect(seen).toHaveLength(4);
    });
  });

  test('of more than a thousand, the one not used for the longest time is forgotten', async () => {
    await withServer(experiment('active'), async (server, seen) => {
      for (let index = 0; index < 1_000; index++) await server.experiments.id(`e${index}`);
      await server.experiments.id('e0');
      await server.experiments.id('one more');
      expect(seen).toHaveLength(1_001);
      expect([server.experiments.knows('e0'), server.experiments.knows('e1')]).toEqual([true, false]);
    });
  });
});
