import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ThreadLostError } from '../../../../src/engine/local/errors.ts';
import { LocalEngine, type LocalEngineOptions } from '../../../../src/engine/local/localEngine.ts';
import { Watch } from '../../../../src/engine/watch.ts';
import { DataError } from '../../../../src/errors.ts';
import { type FormBody, parseFields } from '../../../../src/training/fields/parse.ts';
import { planOf } from '../../../../src/training/fields/use.ts';
import { harmOf } from '../../../support/faultyThread.ts';
import { ORIGINAL_PLAN, planFor } from '../../../support/plans.ts';
import { PATIENCE_MS } from '../../../support/service.ts';
import { passTime, stopTime } from '../../../support/stoppedTime.ts';

const FAULTY = new URL('../../../support/faultyThread.mjs', import.meta.url);
const NO_THREAD = new URL('../../../support/noSuchThread.mjs', import.meta.url);
const POOL = { threads: 1, helpers: 1, waitingMax: 16, timeoutMs: PATIENCE_MS, thread: FAULTY } as const;

const dir = mkdtempSync(join(tmpdir(), 'trainpost-lost-'));
const rows = Array.from({ length: 300 }, (_, i) => `${(i * 7) % 101},${i % 3 === 0 ? 1 : 0}`).join('\n');
/** Writes a file whose first column has this name. */
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

async function withEngine(options: Partial<LocalEngineOptions>, use: (engine: LocalEngine) => Promise<void>) {
  const engine = new LocalEngine({ ...POOL, ...options });
  try {
    await use(engine);
  } finally {
    await engine.close();
  }
}

async function train(engine: LocalEngine, { path, bytes }: typeof good, fields: FormBody = {}) {
  const reading = engine.receive();
  try {
    await reading.write(bytes);
    reading.end();
    return await engine.run({ intake: reading, path: path }, await planFor(fields), new Watch());
  } finally {
    await reading.release();
  }
}

describe('a training thread that ends', () => {
  it('gives up the memory of the training file and of the test file', async () => {
    await withEngine({}, async (engine) => {
      await engine.warmUp(ORIGINAL_PLAN);
      const readings = [engine.receive(), engine.receive()] as const;
      for (const reading of readings) {
        await reading.write(good.bytes);
        reading.end();
      }
      const [intake, ofTest] = readings;
      const source = { intake, path: good.path, test: { intake: ofTest, path: good.path } };
      const plan = await planOf(parseFields({ positive: '!exit' }, true), 1);
      await expect(engine.run(source, plan, new Watch())).rejects.toMatchObject({ code: 'thread_lost' });
      // A thread that was lost may still write, so that nobody gets these arenas.
      expect(engine.memory()).toMatchObject({ promisedBytes: 0, keptBytes: 0 });
      expect((await train(engine, good)).data.rows).toBe(300);
    });
  });

  it.each<[string, new (...args: never[]) => Error, string]>([
    ['!exit', ThreadLostError, 'thread_lost'],
    ['!throw', ThreadLostError, 'thread_lost'],
    ['!heap', DataError, 'too_large_for_memory'],
    ['!loop', DataError, 'training_timeout'],
  ])('by %s is replaced, and only its own training fails', async (positive, Class, code) => {
    await withEngine({ threads: 2, heapBytesMax: 2 ** 26 }, async (engine) => {
      await engine.warmUp(ORIGINAL_PLAN);
      stopTime();
      const failing = train(engine, good, { positive }).catch((error: unknown) => error);
      const others = await Promise.allSettled(Array.from({ length: 5 }, () => train(engine, good)));
      expect(others.map(({ status }) => status)).toEqual(others.map(() => 'fulfilled'));
      const failed = await (positive === '!loop' ? passTime(PATIENCE_MS, failing) : failing);
      expect(failed).toMatchObject({ code });
      expect(failed).toBeInstanceOf(Class);
      const after = await Promise.all([1, 2, 3].map(() => train(engine, good)));
      expect(after.map(({ data }) => data.rows)).toEqual([300, 300, 300]);
      expect(engine.memory().promisedBytes).toBe(0);
    });
  });
});

describe('a reader thread that ends', () => {
  it.each(['!exit', '!throw', '!heap'])(
    'by %s fails no training, because its files are read again',
    async (word) => {
      await withEngine({ heapBytesMax: 2 ** 26 }, async (engine) => {
        await engine.warmUp(ORIGINAL_PLAN);
        // One upload is in the middle of its file and another is read, when a third upload ends their thread.
        const [begun, done] = [engine.receive(), engine.receive()];
        const { bytes, path } = good;
        await begun.write(bytes.subarray(0, 1_000));
        await done.write(bytes);
        done.end();
        await done.table();
        const culprit = fileNamed(word);
        const fitted = await train(engine, culprit);
        expect(fitted.data.features[0]?.name).toBe(word);
        await begun.write(bytes.subarray(1_000));
        begun.end();
        for (const reading of [begun, done]) {
          expect(
            (await engine.run({ intake: reading, path: path }, ORIGINAL_PLAN, new Watch())).split,
          ).toEqual({ train: 210, test: 90 });
          await reading.release();
        }
        expect(engine.memory().promisedBytes).toBe(0);
        expect(warnings.join()).toContain('A thread has ended');
      });
    },
  );

  it('in the middle of a training file and its test file makes neither fail', async () => {
    await withEngine({}, async (engine) => {
      await engine.warmUp(ORIGINAL_PLAN);
      const [ofTrain, ofTest] = [engine.receive(), engine.receive()];
      const { bytes, path } = good;
      for (const reading of [ofTest, ofTrain]) await reading.write(bytes.subarray(0, 1_000));
      await train(engine, fileNamed('!exit'));
      for (const reading of [ofTest, ofTrain]) {
        await reading.write(bytes.subarray(1_000));
        reading.end();
      }
      const source = { intake: ofTrain, path, test: { intake: ofTest, path } };
      const { split } = await engine.run(source, await planOf(parseFields({}, true), 1), new Watch());
      expect(split).toEqual({ train: 300, test: 300 });
      expect(engine.memory().promisedBytes).toBe(0);
    });
  });

  it('because a file takes too long is replaced, and only that file is rejected', async () => {
    await withEngine({ parseTimeoutMs: PATIENCE_MS }, async (engine) => {
      await engine.warmUp(ORIGINAL_PLAN);
      stopTime();
      const begun = engine.receive();
      await begun.write(Buffer.concat([good.bytes, Buffer.from('1,0\n'.repeat(100_000))]));
      const looping = harmOf('!loop');
      const refused = train(engine, fileNamed('!loop')).catch((error: unknown) => error);
      await looping;
      expect(await passTime(PATIENCE_MS, refused)).toMatchObject({
        code: 'parse_timeout',
        details: { limit: PATIENCE_MS },
      });
      begun.end();
      // The file on disk is another one, which shows that the rows come from there.
      expect(
        (await engine.run({ intake: begun, path: good.path }, ORIGINAL_PLAN, new Watch())).data.rows,
      ).toBe(300);
      expect((await train(engine, good)).data.rows).toBe(300);
      expect(engine.memory().promisedBytes).toBe(0);
    });
  });

  it('is not needed to reject a file that takes too much work: the thread itself rejects it', async () => {
    await withEngine({ parseTimeoutMs: PATIENCE_MS }, async (engine) => {
      await engine.warmUp(ORIGINAL_PLAN);
      warnings.length = 0;
      const begun = engine.receive();
      await begun.write(Buffer.concat([good.bytes, Buffer.from('1,0\n'.repeat(100_000))]));
      const slow = engine.receive();
      const { bytes } = fileNamed('!slow');
      await slow.write(bytes);
      // The file keeps arriving. Discarded bytes cost nothing.
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

  it('does not delay a large training that it should help', async () => {
    await withEngine({ parseTimeoutMs: PATIENCE_MS }, async (engine) => {
      await engine.warmUp(ORIGINAL_PLAN);
      stopTime();
      const large = join(dir, 'large.csv');
      writeFileSync(large, `a,b,Outcome\n${`1,2,0\n3,4,1\n`.repeat(60_000)}`);
      const reading = engine.receive();
      await reading.write(readFileSync(large));
      reading.end();
      await reading.table();
      const stuck = engine.receive();
      await stuck.write(fileNamed('!loop').bytes);
      stuck.end();
      // Time stands still, so the only helper loops until the test ends.
      const { data } = await engine.run({ intake: reading, path: large }, ORIGINAL_PLAN, new Watch());
      expect(data.rows).toBe(120_000);
    });
  });
});

describe('the memory of simultaneous uploads', () => {
  it('returns to the system, except for kept arenas', async () => {
    await withEngine({ threads: 1, helpers: 2, memoryBytesMax: 2 ** 30 }, async (engine) => {
      await engine.warmUp(ORIGINAL_PLAN);
      const before = process.memoryUsage.rss();
      const large = fileNamed('!grow');
      await Promise.all([1, 2, 3, 4].map(() => train(engine, large)));
      // One of the four arenas is kept, because it fits into an eighth of the limit.
      expect(engine.memory()).toMatchObject({ promisedBytes: 0, keptBytes: 2_001 * 65_536 });
      await expect.poll(() => process.memoryUsage.rss() - before).toBeLessThan(2.5e8);
    });
  });
});

describe('threads that do not load', () => {
  it('fail their trainings immediately', async () => {
    await withEngine({ thread: NO_THREAD }, async (engine) => {
      await expect(engine.warmUp(ORIGINAL_PLAN)).rejects.toThrow();
      for (let round = 0; round < 3; round++) {
        await expect(train(engine, good)).rejects.toMatchObject({ code: 'thread_lost' });
      }
      expect(engine.memory().promisedBytes).toBe(0);
    });
  });
});
