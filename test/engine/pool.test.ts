import { once } from 'node:events';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { type FitSpec, type Fitted, fitCsv } from '../../src/engine/fit.ts';
import { TrainingPool } from '../../src/engine/pool.ts';
import { Readers } from '../../src/engine/readers.ts';
import type { Reading } from '../../src/engine/reading.ts';
import { BusyError, DataError } from '../../src/errors.ts';
import { ORIGINAL_SPEC } from '../support/originalSpec.ts';
import { PATIENCE_MS, THREAD } from '../support/service.ts';
import { passTime, stopTime } from '../support/stoppedTime.ts';

/** A training that takes minutes. */
const ENDLESS: FitSpec = {
  ...ORIGINAL_SPEC,
  model: { ...ORIGINAL_SPEC.model, solver: 'gradient-descent', maxIter: 5_000_000 },
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
      timeoutMs: PATIENCE_MS,
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
  });

  it('fits on a thread while the event loop goes on', async () => {
    const pool = new TrainingPool({
      threads: 1,
      helpers: 1,
      waitingMax: 16,
      timeoutMs: PATIENCE_MS,
      thread: THREAD,
    });
    try {
      await pool.warmUp();
      const fitting = fitFile(pool, good, ENDLESS).catch((error: unknown) => error);
      const isComputing = () => pool.counts().underWay === 1 && pool.counts().waiting === 0;
      await expect.poll(isComputing, { interval: 1 }).toBe(true);
      for (let tick = 0; tick < 5; tick++) await new Promise((resolve) => setTimeout(resolve, 1));
      expect(isComputing()).toBe(true);
      await pool.close();
      expect(await fitting).toMatchObject({ code: 'thread_lost' });
    } finally {
      await pool.close();
    }
  });

  it('hands on what a thread threw, with its class, code and details', async () => {
    const pool = new TrainingPool({
      threads: 1,
      helpers: 1,
      waitingMax: 16,
      timeoutMs: PATIENCE_MS,
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
      timeoutMs: PATIENCE_MS,
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
      stopTime();
      const fitting = fitFile(pool, good, ENDLESS).catch((error: unknown) => error);
      const ended = await passTime(3_000, fitting);
      expect(ended).toBeInstanceOf(DataError);
      expect(ended).toMatchObject({ code: 'training_timeout', details: { limit: 3_000, actual: 3_001 } });
      await expect(fitFile(pool, good, ORIGINAL_SPEC)).resolves.toBeDefined();
    } finally {
      await pool.close();
    }
  });

  it('lets its helpers go of a training whose time is over before it has begun', async () => {
    const pool = new TrainingPool({
      threads: 1,
      helpers: 1,
      waitingMax: 2,
      timeoutMs: 200,
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
      const readings = await Promise.all([good, large].map((path) => readFile(pool, path)));
      const [first, second] = readings as [Reading, Reading];
      const outcomes = await Promise.allSettled([
        pool.fit(first, good, ENDLESS),
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
  });
});
