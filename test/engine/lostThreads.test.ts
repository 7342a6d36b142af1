import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FitSpec } from '../../src/engine/fit.ts';
import { type PoolOptions, TrainingPool } from '../../src/engine/pool.ts';
import { ThreadLostError } from '../../src/engine/threadLost.ts';
import { DataError } from '../../src/errors.ts';
import { harmOf } from '../support/faultyThread.ts';
import { ORIGINAL_SPEC } from '../support/originalSpec.ts';
import { PATIENCE_MS } from '../support/service.ts';
import { passTime, stopTime } from '../support/stoppedTime.ts';

const FAULTY = new URL('../support/faultyThread.mjs', import.meta.url);
const NO_THREAD = new URL('../support/noSuchThread.mjs', import.meta.url);
const POOL = { threads: 1, helpers: 1, waitingMax: 16, timeoutMs: PATIENCE_MS, thread: FAULTY } as const;

const dir = mkdtempSync(join(tmpdir(), 'trainpost-lost-'));
const rows = Array.from({ length: 300 }, (_, i) => `${(i * 7) % 101},${i % 3 === 0 ? 1 : 0}`).join('\n');
/** A file, written down; its first column has this name. */
function fileNamed(column: string): { path: string; bytes: Buffer } {
  const path = join(dir, `${column.replace('!', '')}.csv`);
  writeFileSync(path, `${column},Outcome\n${rows}\n`);
  return { path, bytes: readFileSync(path) };
}
const good = fileNamed('good');

const warnings: string[] = [];
beforeAll(() => {
  vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)));
});
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true });
});

async function withPool(options: Partial<PoolOptions>, use: (pool: TrainingPool) => Promise<void>) {
  const pool = new TrainingPool({ ...POOL, ...options });
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

async function train(pool: TrainingPool, { path, bytes }: typeof good, spec: Partial<FitSpec> = {}) {
  const reading = pool.openReading();
  try {
    await reading.write(bytes);
    reading.end();
    return await pool.fit(reading, path, { ...ORIGINAL_SPEC, ...spec });
  } finally {
    await reading.release();
  }
}

describe('a training thread that ends', () => {
  it.each<[string, new (...args: never[]) => Error, string]>([
    ['!exit', ThreadLostError, 'thread_lost'],
    ['!throw', ThreadLostError, 'thread_lost'],
    ['!heap', DataError, 'too_large_for_memory'],
    ['!loop', DataError, 'training_timeout'],
  ])('by %s is replaced, and only its own training hears of it', async (positive, Class, code) => {
    await withPool({ threads: 2, heapBytesMax: 2 ** 26 }, async (pool) => {
      await pool.warmUp();
      stopTime();
      const failing = train(pool, good, { positive }).catch((error: unknown) => error);
      const others = await Promise.allSettled(Array.from({ length: 5 }, () => train(pool, good)));
      expect(others.map(({ status }) => status)).toEqual(others.map(() => 'fulfilled'));
      const failed = await (positive === '!loop' ? passTime(PATIENCE_MS, failing) : failing);
      expect(failed).toMatchObject({ code });
      expect(failed).toBeInstanceOf(Class);
      const after = await Promise.all([1, 2, 3].map(() => train(pool, good)));
      expect(after.map(({ dataset }) => dataset.rows)).toEqual([300, 300, 300]);
      expect(pool.memory().promisedBytes).toBe(0);
    });
  });
});

describe('a reader thread that ends', () => {
  it.each(['!exit', '!throw', '!heap'])('by %s is lost to nobody: the files are read again', async (word) => {
    await withPool({ heapBytesMax: 2 ** 26 }, async (pool) => {
      await pool.warmUp();
      // One upload is in the middle of its file, and another behind it, when a third ends their thread.
      const [begun, done] = [pool.openReading(), pool.openReading()];
      const { bytes, path } = good;
      await begun.write(bytes.subarray(0, 1_000));
      await done.write(bytes);
      done.end();
      await done.table();
      const culprit = fileNamed(word);
      const fitted = await train(pool, culprit);
      expect(fitted.dataset.features[0]?.name).toBe(word);
      await begun.write(bytes.subarray(1_000));
      begun.end();
      for (const reading of [begun, done]) {
        expect((await pool.fit(reading, path, ORIGINAL_SPEC)).split).toEqual({ train: 210, test: 90 });
        await reading.release();
      }
      expect(pool.memory().promisedBytes).toBe(0);
      expect(warnings.join()).toContain('A thread has ended');
    });
  });

  it('because a file keeps it too long is replaced, and that file alone is refused', async () => {
    await withPool({ parseTimeoutMs: PATIENCE_MS }, async (pool) => {
      await pool.warmUp();
      stopTime();
      const begun = pool.openReading();
      await begun.write(Buffer.concat([good.bytes, Buffer.from('1,0\n'.repeat(100_000))]));
      const looping = harmOf('!loop');
      const refused = train(pool, fileNamed('!loop')).catch((error: unknown) => error);
      await looping;
      expect(await passTime(PATIENCE_MS, refused)).toMatchObject({
        code: 'parse_timeout',
        details: { limit: PATIENCE_MS },
      });
      begun.end();
      // What is on disk is another file, so that it is known to have been read from there.
      expect((await pool.fit(begun, good.path, ORIGINAL_SPEC)).dataset.rows).toBe(300);
      expect((await train(pool, good)).dataset.rows).toBe(300);
      expect(pool.memory().promisedBytes).toBe(0);
    });
  });

  it('ends a file by itself that takes too much work, and keeps the others', async () => {
    await withPool({ parseTimeoutMs: PATIENCE_MS }, async (pool) => {
      await pool.warmUp();
      warnings.length = 0;
      const begun = pool.openReading();
      await begun.write(Buffer.concat([good.bytes, Buffer.from('1,0\n'.repeat(100_000))]));
      const slow = pool.openReading();
      const { bytes } = fileNamed('!slow');
      await slow.write(bytes);
      // It goes on coming: what is thrown away costs nothing.
      for (let piece = 0; piece < 200; piece++) await slow.write(bytes.subarray(bytes.indexOf('\n') + 1));
      slow.end();
      const refused = await slow.table().catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'parse_timeout', details: { limit: PATIENCE_MS } });
      expect((refused as DataError).details.actual).toBeGreaterThan(PATIENCE_MS);
      begun.end();
      expect((await begun.table()).table.rows).toBe(100_300);
      expect(warnings).toEqual([]);
      await Promise.all([slow.release(), begun.release()]);
    });
  });

  it('does not keep a large training waiting that it was to help', async () => {
    await withPool({ parseTimeoutMs: PATIENCE_MS }, async (pool) => {
      await pool.warmUp();
      stopTime();
      const large = join(dir, 'large.csv');
      writeFileSync(large, `a,b,Outcome\n${`1,2,0\n3,4,1\n`.repeat(60_000)}`);
      const reading = pool.openReading();
      await reading.write(readFileSync(large));
      reading.end();
      await reading.table();
      const stuck = pool.openReading();
      await stuck.write(fileNamed('!loop').bytes);
      stuck.end();
      // The only helper is in a loop for as long as no time passes.
      expect((await pool.fit(reading, large, ORIGINAL_SPEC)).dataset.rows).toBe(120_000);
    });
  });
});

describe('the memory of uploads that came at once', () => {
  it('goes back to the system, but for what is kept', async () => {
    await withPool({ threads: 1, helpers: 2, memoryBytesMax: 2 ** 30 }, async (pool) => {
      await pool.warmUp();
      const before = process.memoryUsage.rss();
      const large = fileNamed('!grow');
      await Promise.all([1, 2, 3, 4].map(() => train(pool, large)));
      // One of the four is kept: an eighth of the bound has room for it.
      expect(pool.memory()).toMatchObject({ promisedBytes: 0, keptBytes: 2_001 * 65_536 });
      await expect.poll(() => process.memoryUsage.rss() - before).toBeLessThan(2.5e8);
    });
  });
});

describe('threads that do not load', () => {
  it('fail their trainings at once', async () => {
    await withPool({ thread: NO_THREAD }, async (pool) => {
      await expect(pool.warmUp()).rejects.toThrow();
      for (let round = 0; round < 3; round++) {
        await expect(train(pool, good)).rejects.toMatchObject({ code: 'thread_lost' });
      }
      expect(pool.memory().promisedBytes).toBe(0);
    });
  });
});
