import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCsv } from '../../../src/engine/local/fit/run.ts';
import { LocalEngine } from '../../../src/engine/local/localEngine.ts';
import { Watch } from '../../../src/engine/watch.ts';
import { BusyError, DataError } from '../../../src/errors.ts';
import { parseFields } from '../../../src/training/fields/parse.ts';
import { planOf } from '../../../src/training/fields/use.ts';
import type { Plan } from '../../../src/values/plan.ts';
import type { Result } from '../../../src/values/result.ts';
import { fitFile, readFile } from '../../support/engineFiles.ts';
import { ORIGINAL_PLAN, planFor } from '../../support/plans.ts';
import { PATIENCE_MS, THREAD } from '../../support/service.ts';
import { passTime, stopTime } from '../../support/stoppedTime.ts';

const dir = mkdtempSync(join(tmpdir(), 'trainpost-engine-'));
const good = join(dir, 'good.csv');
const bad = join(dir, 'bad.csv');
const rows = Array.from(
  { length: 2_000 },
  (_, i) => `${(i * 7) % 101},${(i * 13) % 89},${(i * i) % 3 === 0 ? 1 : 0}`,
);
writeFileSync(good, `a,b,Outcome\n${rows.join('\n')}\n`);
writeFileSync(bad, 'a,Outcome\nx,1\n2,0\n');
afterAll(() => rmSync(dir, { recursive: true }));

/** Gradient descent never converges, and does all its iterations. */
const ENDLESS = await planFor({ solver: 'gradient-descent', max_iter: '1000000000' });

const ONE_THREAD = {
  threads: 1,
  helpers: 1,
  waitingMax: 16,
  timeoutMs: PATIENCE_MS,
  thread: THREAD,
} as const;

describe('LocalEngine', () => {
  it('reads a long file again with its helpers, and trains as without helpers', async () => {
    const ROWS = 80_000;
    // The column c looks like numbers for more than the first 64 kB, and then turns out to be text.
    const lines = Array.from(
      { length: ROWS },
      (_, i) =>
        `${(i * 7) % 101},${((i * 13) % 89) / 8},${i < 20_000 ? i % 3 : `t${i % 3}`},${(i * i) % 3 === 0 ? 1 : 0}`,
    );
    const path = join(dir, 'turning.csv');
    writeFileSync(path, `a,b,c,Outcome\n${lines.join('\n')}\n`);
    const engine = new LocalEngine({
      threads: 1,
      helpers: 2,
      waitingMax: 1,
      timeoutMs: PATIENCE_MS,
      thread: THREAD,
    });
    try {
      const { stages: _, ...fitted } = await fitFile(engine, path, ORIGINAL_PLAN);
      const { stages: __, ...alone } = await runCsv(readFileSync(path), ORIGINAL_PLAN);
      expect(fitted).toEqual(alone);
      expect(fitted.data.columns[2]).toMatchObject({ name: 'c', type: 'string' });
    } finally {
      await engine.close();
    }
  });

  describe('with a test file', () => {
    /** The column c turns out to be text behind the first 64 kB. */
    const lines = (from: number, to: number, textFrom: number) =>
      Array.from({ length: to - from }, (_, i) => {
        const row = from + i;
        return `${(row * 7) % 101},${((row * 13) % 89) / 8},${i < textFrom ? row % 3 : `t${row % 3}`},${(row * row) % 3 === 0 ? 1 : 0}\n`;
      }).join('');
    const train = join(dir, 'train.csv');
    const test = join(dir, 'test.csv');
    writeFileSync(train, `a,b,c,Outcome\n${lines(0, 60_000, 20_000)}`);
    writeFileSync(test, `a,b,c,Outcome\n${lines(60_000, 90_000, 30_000)}`);
    let plan: Plan;
    beforeAll(async () => {
      plan = await planOf(parseFields({}, true), 1);
    });

    async function fitBoth(engine: LocalEngine, testPath: string): Promise<Result> {
      const [intake, ofTest] = [await readFile(engine, train), await readFile(engine, testPath)];
      const source = { intake, path: train, test: { intake: ofTest, path: testPath } };
      try {
        return await engine.run(source, plan, new Watch());
      } finally {
        await Promise.all([intake.release(), ofTest.release()]);
      }
    }

    it('reads both files again with helpers, trains as without helpers, and lets go of both tables', async () => {
      const engine = new LocalEngine({ ...ONE_THREAD, helpers: 2 });
      try {
        const { stages: _, ...fitted } = await fitBoth(engine, test);
        const { stages: __, ...alone } = await runCsv(readFileSync(train), plan, {}, readFileSync(test));
        expect(fitted).toEqual(alone);
        expect(fitted.split).toEqual({ train: 60_000, test: 30_000 });
        expect(fitted.data.columns[2]).toMatchObject({ name: 'c', type: 'string' });
        expect(engine.memory().promisedBytes).toBe(0);
      } finally {
        await engine.close();
      }
    });

    it('says that a fault is in the test file, and lets go of both tables', async () => {
      const engine = new LocalEngine(ONE_THREAD);
      const ragged = join(dir, 'ragged.csv');
      const other = join(dir, 'other.csv');
      writeFileSync(ragged, 'a,b,c,Outcome\n1,2,3\n');
      writeFileSync(other, 'a,c,Outcome\n1,2,3\n');
      try {
        for (const [path, code] of [
          [ragged, 'ragged_row'],
          [other, 'missing_column'],
        ] as const) {
          await expect(fitBoth(engine, path)).rejects.toMatchObject({ code, details: { file: 'test_file' } });
          expect(engine.memory().promisedBytes).toBe(0);
        }
      } finally {
        await engine.close();
      }
    });

    it('reserves what a fit needs for the rows of both tables', async () => {
      // Both tables have about 9 MB; work on their rows needs 3.6 MB more.
      const engine = new LocalEngine({ ...ONE_THREAD, memoryBytesMax: 13_000_000 });
      try {
        const error = await fitBoth(engine, test).catch((cause: unknown) => cause);
        expect(error).toMatchObject({
          code: expect.stringMatching(/^(too_large_for_memory|memory_promised)$/),
        });
        expect(engine.memory().promisedBytes).toBe(0);
      } finally {
        await engine.close();
      }
    });
  });

  it('fits on a thread while the event loop goes on', async () => {
    const engine = new LocalEngine({
      threads: 1,
      helpers: 1,
      waitingMax: 16,
      timeoutMs: PATIENCE_MS,
      thread: THREAD,
    });
    try {
      await engine.warmUp(ORIGINAL_PLAN);
      const watch = new Watch();
      const intake = await readFile(engine, good);
      const fitting = engine.run({ intake, path: good }, ENDLESS, watch).catch((error: unknown) => error);
      await expect.poll(() => watch.progress().stage, { interval: 1 }).toBe('fitting');
      for (let tick = 0; tick < 5; tick++) await new Promise((resolve) => setTimeout(resolve, 1));
      expect(watch.progress().stage).toBe('fitting');
      await engine.close();
      expect(await fitting).toMatchObject({ code: 'thread_lost' });
    } finally {
      await engine.close();
    }
  });

  it('passes on the error of a thread, with its class, code and details', async () => {
    const engine = new LocalEngine({
      threads: 1,
      helpers: 1,
      waitingMax: 16,
      timeoutMs: PATIENCE_MS,
      thread: THREAD,
    });
    try {
      const failed = await fitFile(engine, bad, ORIGINAL_PLAN).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(DataError);
      expect(failed).toMatchObject({ code: 'not_a_number', details: { row: 1, column: 'a', value: 'x' } });
      await expect(fitFile(engine, join(dir, 'none.csv'), ORIGINAL_PLAN)).rejects.toThrow(/ENOENT/);
      await expect(fitFile(engine, good, ORIGINAL_PLAN)).resolves.toMatchObject({
        split: { train: 1400, test: 600 },
      });
    } finally {
      await engine.close();
    }
  });

  it('rejects one training more than may wait, and accepts it again later', async () => {
    const engine = new LocalEngine({
      threads: 1,
      helpers: 1,
      waitingMax: 2,
      timeoutMs: PATIENCE_MS,
      thread: THREAD,
    });
    try {
      // All files are read before the first fit, so that the last training surely finds a full queue.
      const readings = await Promise.all([1, 2, 3, 4].map(() => readFile(engine, good)));
      const outcomes = await Promise.allSettled(
        readings.map((reading) => engine.run({ intake: reading, path: good }, ORIGINAL_PLAN, new Watch())),
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
      await expect(fitFile(engine, good, ORIGINAL_PLAN)).resolves.toBeDefined();
    } finally {
      await engine.close();
    }
  });

  it('stops a training that takes too long, and continues with a new thread', async () => {
    const engine = new LocalEngine({
      threads: 1,
      helpers: 1,
      waitingMax: 2,
      timeoutMs: 3_000,
      thread: THREAD,
    });
    try {
      await engine.warmUp(ORIGINAL_PLAN);
      stopTime();
      const fitting = fitFile(engine, good, ENDLESS).catch((error: unknown) => error);
      const ended = await passTime(3_000, fitting);
      expect(ended).toBeInstanceOf(DataError);
      expect(ended).toMatchObject({ code: 'training_timeout', details: { limit: 3_000, actual: 3_001 } });
      await expect(fitFile(engine, good, ORIGINAL_PLAN)).resolves.toBeDefined();
    } finally {
      await engine.close();
    }
  });
});
