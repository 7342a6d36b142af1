import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { FitSpec } from '../../src/engine/fit.ts';
import { TrainingPool } from '../../src/engine/pool.ts';
import { BusyError, DataError } from '../../src/errors.ts';
import { THREAD } from '../support/service.ts';

const SPEC: FitSpec = {
  ignore: [],
  testSize: 0.3,
  randomState: 123,
  stratify: false,
  model: { C: 1, maxIter: 100, solver: 'lbfgs', tol: 1e-4, classWeight: null },
};
const dir = mkdtempSync(join(tmpdir(), 'trainpost-pool-'));
const good = join(dir, 'good.csv');
const bad = join(dir, 'bad.csv');
const rows = Array.from(
  { length: 2_000 },
  (_, i) => `${(i * 7) % 101},${(i * 13) % 89},${(i * i) % 3 === 0 ? 1 : 0}`,
);
writeFileSync(good, `a,b,Outcome\n${rows.join('\n')}\n`);
writeFileSync(bad, 'a,Outcome\nx,1\n2,0\n');
afterAll(() => rmSync(dir, { recursive: true }));

describe('TrainingPool', () => {
  it('fits on a thread while the event loop goes on', async () => {
    const pool = new TrainingPool({ threads: 1, waitingMax: 16, timeoutMs: 30_000, thread: THREAD });
    try {
      await pool.warmUp();
      let ticks = 0;
      const timer = setInterval(() => (ticks += 1), 1);
      const fitted = await pool.fit(good, {
        ...SPEC,
        model: { ...SPEC.model, solver: 'gradient-descent', maxIter: 300 },
      });
      clearInterval(timer);
      expect(fitted.dataset.rows).toBe(2_000);
      expect(ticks).toBeGreaterThan(3);
    } finally {
      await pool.close();
    }
  });

  it('hands on what a thread threw, with its class, code and details', async () => {
    const pool = new TrainingPool({ threads: 1, waitingMax: 16, timeoutMs: 30_000, thread: THREAD });
    try {
      const failed = await pool.fit(bad, SPEC).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(DataError);
      expect(failed).toMatchObject({ code: 'not_a_number', details: { row: 1, column: 'a', value: 'x' } });
      await expect(pool.fit(join(dir, 'none.csv'), SPEC)).rejects.toThrow(/ENOENT/);
      await expect(pool.fit(good, SPEC)).resolves.toMatchObject({ split: { train: 1400, test: 600 } });
    } finally {
      await pool.close();
    }
  });

  it('refuses one more than its places, and takes it again later', async () => {
    const pool = new TrainingPool({ threads: 1, waitingMax: 2, timeoutMs: 30_000, thread: THREAD });
    try {
      const taken = [pool.fit(good, SPEC), pool.fit(good, SPEC), pool.fit(good, SPEC)];
      const refused = await pool.fit(good, SPEC).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(BusyError);
      expect(refused).toMatchObject({ code: 'queue_full', details: { limit: 2, retryAfterS: 1 } });
      await Promise.all(taken);
      await expect(pool.fit(good, SPEC)).resolves.toBeDefined();
    } finally {
      await pool.close();
    }
  });

  it('ends a training that takes too long, and goes on with a new thread', async () => {
    const pool = new TrainingPool({ threads: 1, waitingMax: 2, timeoutMs: 3_000, thread: THREAD });
    try {
      await pool.warmUp();
      const endless = { ...SPEC.model, solver: 'gradient-descent', maxIter: 1_000_000_000 } as const;
      const ended = await pool.fit(good, { ...SPEC, model: endless }).catch((error: unknown) => error);
      expect(ended).toBeInstanceOf(DataError);
      expect(ended).toMatchObject({ code: 'training_timeout', details: { limit: 3 } });
      await expect(pool.fit(good, SPEC)).resolves.toBeDefined();
    } finally {
      await pool.close();
    }
  }, 30_000);
});
