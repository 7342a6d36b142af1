import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cutUploads } from '../../bench/torture/cutUploads.ts';
import { kills, killsOfJobs, naiveKills } from '../../bench/torture/kills.ts';
import { load } from '../../bench/torture/load.ts';
import { memory } from '../../bench/torture/memory.ts';
import type { Row, Stage } from '../../bench/torture/row.ts';
import { slowLoris } from '../../bench/torture/slowLoris.ts';
import { SEED } from '../support/draws.ts';
import { mlflowServers } from '../support/mlflowServers.ts';

// These tests are `npm run torture` on a small scale, without the limits that depend on the machine's speed.
const ANY = Number.POSITIVE_INFINITY;

const mlflow = await mlflowServers();
const mlflowUrl = mlflow?.mlflow3 ?? '';
const folders: string[] = [];

/** Makes a folder for one scenario. */
function stage(): Stage {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-torture-'));
  folders.push(dir);
  return { dir, seed: SEED, say: () => undefined };
}
afterAll(() => {
  for (const dir of folders) rmSync(dir, { recursive: true, force: true });
});

const failed = (rows: readonly Row[]) => rows.filter(({ passed }) => !passed);

// These tests wait most of the time, so they run together.
describe.skipIf(mlflow === null)('with a real MLflow', { concurrent: true }, () => {
  const campaign = () => ({ ...stage(), mlflowUrl, experimentName: `torture-${randomUUID()}` });

  it('loses no run, doubles no run and leaves no run incomplete if it is killed under network faults', async () => {
    expect(failed([await kills({ ...campaign(), kills: 4, acceptedMin: 4, slack: 2 })])).toEqual([]);
  });

  it('trains and logs each job once if it is killed while jobs wait', async () => {
    expect(failed([await killsOfJobs({ ...campaign(), kills: 5, acceptedMin: 12, slack: 2 })])).toEqual([]);
  });

  it('would notice such a run, because the same test of a naive client fails', async () => {
    expect(failed([await naiveKills({ ...campaign(), kills: 3, acceptedMin: 8 })])).toEqual([]);
  });

  it('answers a crowd with 202, 429 or 503, and delivers the accepted trainings', async () => {
    const rows = await load({
      ...campaign(),
      seconds: 2,
      acceptedPerSMin: 0,
      loopP99MsMax: ANY,
      drained: 6,
    });
    expect(rows).toHaveLength(3);
    expect(failed(rows)).toEqual([]);
  });
});

it('keeps no file, descriptor or worker of uploads that are cut off', async () => {
  expect(failed([await cutUploads({ ...stage(), uploads: 100 })])).toEqual([]);
});

it('serves healthy clients beside slow connections', async () => {
  const some = { connections: 200, rounds: 1, secondsARound: 1, timesMax: ANY, refusedMax: 0.9 };
  const rows = [await slowLoris({ ...stage(), ...some })];
  expect(failed(rows)).toEqual([]);
});

it('holds no more descriptors after many trainings', async () => {
  expect(failed([await memory({ ...stage(), trainings: 100, growthMax: 1.5 })])).toEqual([]);
});
