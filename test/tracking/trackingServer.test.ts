import { describe, expect, test } from 'vitest';
import { TrackingServer } from '../../src/tracking/trackingServer.ts';
import { answer, countingServer, type Handler, inTurn } from './countingServer.ts';

async function withServer(
  handler: Handler,
  use: (server: TrackingServer, seen: readonly { path: string }[]) => Promise<void>,
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
const experiment = (stage: string) =>
  answer(200, { experiment: { experiment_id: '7', lifecycle_stage: stage } });

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

  test.each(['1.30.0', '<html>', '', '3', '0.9'])('%j is none', async (text) => {
    await withServer(answer(200, text), async (server) => {
      await expect(server.major()).rejects.toMatchObject({ code: 'mlflow_version' });
    });
  });

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
      const ids = Array.from({ length: 4 }, () => server.experimentId('e'));
      expect(await Promise.all(ids)).toEqual(['7', '7', '7', '7']);
      expect(await server.experimentId('e')).toBe('7');
      expect(seen).toHaveLength(1);
    });
  });

  test('is made if there is none', async () => {
    await withServer(inTurn(absent, answer(200, { experiment_id: '8' })), async (server) => {
      expect(await server.experimentId('e')).toBe('8');
    });
  });

  test('is taken from another one who was faster', async () => {
    await withServer(inTurn(absent, exists, experiment('active')), async (server, seen) => {
      expect(await server.experimentId('e')).toBe('7');
      expect(seen).toHaveLength(3);
    });
  });

  test.each([
    ['found so', [experiment('deleted')]],
    ['by another one in between', [absent, exists, experiment('deleted')]],
  ])('deleted (%s): says so, and looks again the next time', async (_, handlers) => {
    await withServer(inTurn(...handlers, experiment('active')), async (server) => {
      await expect(server.experimentId('e')).rejects.toMatchObject({
        code: 'experiment_deleted',
        details: { field: 'exp_name' },
        message: expect.stringMatching(
          /"e" has been deleted: restore it .*--experiment-id 7.* or use another name/,
        ),
      });
      expect(await server.experimentId('e')).toBe('7');
    });
  });

  test('contradictions are an error, not a loop', async () => {
    await withServer(inTurn(absent, exists, absent), async (server, seen) => {
      await expect(server.experimentId('e')).rejects.toMatchObject({ code: 'mlflow_refused' });
      expect(seen).toHaveLength(3);
    });
  });

  test('of more than a thousand, the one not used for the longest time is forgotten', async () => {
    await withServer(experiment('active'), async (server, seen) => {
      for (let index = 0; index < 1_000; index++) await server.experimentId(`e${index}`);
      await server.experimentId('e0');
      await server.experimentId('one more');
      expect(seen).toHaveLength(1_001);
      expect([server.knowsExperiment('e0'), server.knowsExperiment('e1')]).toEqual([true, false]);
    });
  });
});
