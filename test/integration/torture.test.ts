import { execFileSync } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { cutUploads } from '../../bench/torture/cutUploads.ts';
import { kills, naiveKills } from '../../bench/torture/kills.ts';
import { load } from '../../bench/torture/load.ts';
import { memory } from '../../bench/torture/memory.ts';
import type { Row, Stage } from '../../bench/torture/row.ts';
import { slowLoris } from '../../bench/torture/slowLoris.ts';

// These tests are `npm run torture` on a small scale, without the limits that depend on the machine's speed.
const ROOT = join(import.meta.dirname, '../..');
const SEED = Number(process.env['TORTURE_SEED'] ?? randomInt(2 ** 31));
const TIMEOUT_MS = 400_000;
const ANY = Number.POSITIVE_INFINITY;

const mlflow = inject('mlflow');
const mlflowUrl = mlflow?.mlflow3 ?? '';
let stage: Stage;
const folders: string[] = [];

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'src/launcher/setup.mjs')]);
});
beforeEach(() => {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-torture-'));
  folders.push(dir);
  stage = { dir, seed: SEED, say: () => undefined };
});
afterAll(() => {
  for (const dir of folders) rmSync(dir, { recursive: true, force: true });
});

const failed = (rows: readonly Row[]) => rows.filter(({ passed }) => !passed);

describe.skipIf(mlflow === null)('with a real MLflow', () => {
  const campaign = () => ({ ...stage, mlflowUrl, experimentName: `torture-${randomUUID()}` });

  it('loses no run, doubles no run and leaves no run incomplete if it is killed under network faults', {
    timeout: TIMEOUT_MS,
  }, async () => {
    expect(failed([await kills({ ...campaign(), kills: 10, acceptedMin: 10 })])).toEqual([]);
  });

  it('would notice such a run, because the same test of a naive client fails', {
    timeout: TIMEOUT_MS,
  }, async () => {
    expect(failed([await naiveKills({ ...campaign(), kills: 3, acceptedMin: 8 })])).toEqual([]);
  });

  it('answers a crowd with 202, 429 or 503, and delivers the accepted trainings', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const rows = await load({
      ...campaign(),
      seconds: 4,
      acceptedPerSMin: 0.1,
      loopP99MsMax: ANY,
      drained: 12,
    });
    expect(rows).toHaveLength(3);
    expect(failed(rows)).toEqual([]);
  });
});

it('keeps no file, descriptor or worker of uploads that are cut off', { timeout: TIMEOUT_MS }, async () => {
  expect(failed([await cutUploads({ ...stage, uploads: 100 })])).toEqual([]);
});

it('serves healthy clients beside slow connections', { timeout: TIMEOUT_MS }, async () => {
  const some = { connections: 200, rounds: 1, secondsARound: 4, timesMax: ANY, refusedMax: 0.1 };
  const rows = [await slowLoris({ ...stage, ...some })];
  expect(failed(rows)).toEqual([]);
});

it('holds no more descriptors after many trainings', { timeout: TIMEOUT_MS }, async () => {
  expect(failed([await memory({ ...stage, trainings: 300, growthMax: 1.5 })])).toEqual([]);
});
