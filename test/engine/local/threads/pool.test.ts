import { once } from 'node:events';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { type FitSpec, type Fitted, fitCsv } from '../../../../src/engine/local/fit/fit.ts';
import type { Reading } from '../../../../src/engine/local/reading/reading.ts';
import { TrainingPool } from '../../../../src/engine/local/threads/pool.ts';
import { Readers } from '../../../../src/engine/local/threads/readers.ts';
import { BusyError, DataError } from '../../../../src/errors.ts';
import { ORIGINAL_SPEC } from '../../../support/originalSpec.ts';
import { THREAD } from '../../../support/service.ts';

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

/** Reads a file as an upload is read. Whoever asks must `release` it. */
async function readFile(pool: TrainingPool, path: string): Promise<Reading> {
  const reading = pool.openReading();
  try {
    for await (const chunk of createReadStream(path)) await reading.write(chunk as Buffer);
    reading.end();
    await reading.table().catch(() => undefined);
    return reading;
  } catch (error) {
    await reading.release();
    throw error;
  }
}

async function fitFile(pool: TrainingPool, path: string, spec: FitSpec): Promise<Fitted> {
  const reading = await readFile(pool, path);
  try {
    return await pool.fit(reading, path, spec);
  } finally {
    await reading.release();
  }
}

describe('TrainingPool', () => {
  it('reads a long file again with its helpers, and trains on it as without them', async () => {
    const ROWS = 80_000;
    // The column c looks like numbers up to behind the first 64 kB, and then is text.
    const lines = Array.from(
      { length: ROWS },
      (_, i) =>
        `${(i * 7) % 101},${((i * 13) % 89) / 8},${i < 20_000 ? i % 3 : `t${i % 3}`},${(i * i) % 3 === 0 ? 1 : 0}`,
    );
    const path = join(dir, 'turning.csv');
    writeFileSync(path, `a,b,c,Outcome\n${lines.join('\n')}\n`);
    const pool = new TrainingPool({
      threads: 1,
      helpers: 2,
      waitingMax: 1,
      timeoutMs: 60_000,
      thread: THREAD,
    });
    try {
      const { timingMs: _, ...fitted } = await fitFile(pool, path, ORIGINAL_SPEC);
      const { timingMs: __, ...alone } = await fitCsv(readFileSync(path), ORIGINAL_SPEC);
      expect(fitted).toEqual(alone);
      expect(fitted.dataset.columns[2]).toMatchObject({ name: 'c', type: 'string' });
    } finally {
      await pool.close();
    }
  }, 60_000);

  it('fits on a thread while the event loop goes on', async () => {
    const pool = new TrainingPool({
      threads: 1,
      helpers: 1,
      waitingMax: 16,
      timeoutMs: 30_000,
      thread: THREAD,
    });
    try {
      await pool.warmUp();
      let ticks = 0;
      const timer = setInterval(() => (ticks += 1), 1);
      const fitted = await fitFile(pool, good, {
        ...ORIGINAL_SPEC,
        model: { ...ORIGINAL_SPEC.model, solver: 'gradient-descent', maxIter: 300 },
      });
      clearInterval(timer);
      expect(fitted.dataset.rows).toBe(2_000);
      expect(ticks).toBeGreaterThan(3);
    } finally {
      await pool.close();
    }
  });

  it('hands on what a thread threw, with its class, code and details', async () => {
    const pool = new TrainingPool({
      threads: 1,
      helpers: 1,
      waitingMax: 16,
      timeoutMs: 30_000,
      thread: THREAD,
    });
    try {
      const failed = await fitFile(pool, bad, ORIGINAL_SPEC).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(DataError);
      expect(failed).toMatchObject({ code: 'not_a_number', details: { row: 1, column: 'a', value: 'x' } });
      await expect(fitFile(pool, join(dir, 'none.csv'), ORIGINAL_SPEC)).rejects.toThrow(/ENOENT/);
      await expect(fitFile(pool, good, ORIGINAL_SPEC)).resolves.toMatchObject({
        split: { train: 1400, test: 600 },
      });
    } finally {
      await pool.close();
    }
  });

  it('refuses one more than its places, and takes it again later', async () => {
    const pool = new TrainingPool({
      threads: 1,
      helpers: 1,
      waitingMax: 2,
      timeoutMs: 30_000,
      thread: THREAD,
    });
    try {
      // All are read before one is fitted, so that the last one surely finds all places taken.
      const readings = await Promise.all([1, 2, 3, 4].map(() => readFile(pool, good)));
      const outcomes = await Promise.allSettled(
        readings.map((reading) => pool.fit(reading, good, ORIGINAL_SPEC)),
      );
      await Promise.all(readings.map((reading) => reading.release()));
      expect(outcomes.map(({ status }) => status)).toEqual([
        'fulfilled',
        'fulfilled',
        'fulfilled',
        'rejected',
      ]);
      const refused = (outcomes[3] as PromiseRejectedResult).reason;
      expect(refused).toBeInstanceOf(BusyError);
      expect(refused).toMatchObject({ code: 'queue_full', details: { limit: 2, actual: 3, retryAfterS: 1 } });
      await expect(fitFile(pool, good, ORIGINAL_SPEC)).resolves.toBeDefined();
    } finally {
      await pool.close();
    }
  });

  it('ends a training that takes too long, and goes on with a new thread', async () => {
    const pool = new TrainingPool({
      threads: 1,
      helpers: 1,
      waitingMax: 2,
      timeoutMs: 3_000,
      thread: THREAD,
    });
    try {
      await pool.warmUp();
      const endless = { ...ORIGINAL_SPEC.model, solver: 'gradient-descent', maxIter: 1_000_000_000 } as const;
      const ended = await fitFile(pool, good, { ...ORIGINAL_SPEC, model: endless }).catch(
        (error: unknown) => error,
      );
      expect(ended).toBeInstanceOf(DataError);
      expect(ended).toMatchObject({ code: 'training_timeout', details: { limit: 3_000, actual: 3_001 } });
      await expect(fitFile(pool, good, ORIGINAL_SPEC)).resolves.toBeDefined();
    } finally {
      await pool.close();
    }
  }, 30_000);

  it('lets its helpers go of a training whose time is over before it has begun', async () => {
    const pool = new TrainingPool({
      threads: 1,
      helpers: 1,
      waitingMax: 2,
      timeoutMs: 1_500,
      thread: THREAD,
    });
    const large = join(dir, 'large.csv');
    writeFileSync(large, `a,b,Outcome\n${Array(40).fill(rows.join('\n')).join('\n')}\n`);
    const closed: Promise<unknown>[] = [];
    const help = vi.spyOn(Readers.prototype, 'help').mockImplementation((ports) => {
      closed.push(...ports.map((port) => once(port, 'close')));
    });
    try {
      await pool.warmUp();
      const endless = { ...ORIGINAL_SPEC.model, solver: 'gradient-descent', maxIter: 1_000_000_000 } as const;
      const readings = await Promise.all([good, large].map((path) => readFile(pool, path)));
      const [first, second] = readings as [Reading, Reading];
      const outcomes = await Promise.allSettled([
        pool.fit(first, good, { ...ORIGINAL_SPEC, model: endless }),
        pool.fit(second, large, ORIGINAL_SPEC),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(closed).toHaveLength(1);
      await Promise.all(closed);
      for (const reading of readings) await reading.release();
    } finally {
      help.mockRestore();
      await pool.close();
    }
  }, 30_000);
});
