import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCsv } from '../../../src/engine/local/fit/run.ts';
import { LocalEngine } from '../../../src/engine/local/localEngine.ts';
import { Reading } from '../../../src/engine/local/reading/reading.ts';
import { Readers } from '../../../src/engine/local/threads/readers.ts';
import { type Progress, Watch } from '../../../src/engine/watch.ts';
import { BusyError, CancelledError, DataError } from '../../../src/errors.ts';
import { type FormBody, parseFields } from '../../../src/training/fields/parse.ts';
import { planOf } from '../../../src/training/fields/use.ts';
import type { EvaluationPlan } from '../../../src/values/evaluation.ts';
import type { Plan } from '../../../src/values/plan.ts';
import type { Result } from '../../../src/values/result.ts';
import { descriptionOf } from '../../support/evaluation.ts';
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

/** Reads a file as an upload is read. The caller must `release` the reading. */
async function readFile(engine: LocalEngine, path: string): Promise<Reading> {
  const reading = engine.receive();
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

async function fitFile(engine: LocalEngine, path: string, plan: Plan): Promise<Result> {
  const reading = await readFile(engine, path);
  try {
    return await engine.run({ intake: reading, path: path }, plan, new Watch());
  } finally {
    await reading.release();
  }
}

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

describe('a watch', () => {
  const MILLION = 1_000_000;
  const million = join(dir, 'million.csv');
  const warnings: string[] = [];
  beforeAll(() => {
    const lines = Array.from(
      { length: MILLION / 100 },
      (_, i) =>
        `${(i * 7919) % 10007},${(i * 104729) % 9973},${(i * i * 31) % 997},${(i * 7) % 5 < 2 ? 1 : 0}\n`,
    );
    writeFileSync(million, `a,b,c,Outcome\n${lines.join('').repeat(100)}`);
    vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)));
  });
  afterAll(() => void vi.restoreAllMocks());

  it('cancels a fit of a million rows between two passes, and the thread survives', async () => {
    const engine = new LocalEngine({ ...ONE_THREAD, cancelGraceMs: PATIENCE_MS });
    try {
      await engine.warmUp(ORIGINAL_PLAN);
      const watch = new Watch();
      const intake = await readFile(engine, million);
      const plan = await planFor({ solver_tol: '1e-300', iterations: '1000000', tol: '1e9' });
      const run = engine.run({ intake, path: million }, plan, watch).catch((error: unknown) => error);
      await expect.poll(() => watch.progress().stage, { interval: 1 }).toBe('fitting');
      expect(watch.progress()).toMatchObject({ stage: 'fitting', done: 0, total: 1, rows: MILLION });
      watch.cancel();
      expect(await run).toBeInstanceOf(CancelledError);
      await intake.release();
      expect(engine.memory().promisedBytes).toBe(0);
      // If the thread had not looked at the watch, it would have been replaced with a warning.
      expect(warnings).toEqual([]);
      await expect(fitFile(engine, good, ORIGINAL_PLAN)).resolves.toMatchObject({ split: { train: 1400 } });
    } finally {
      await engine.close();
    }
  });

  it('removes a waiting training from the queue before it gets helpers, and ends a thread that does not look', async () => {
    const engine = new LocalEngine({ ...ONE_THREAD, cancelGraceMs: 10 });
    const help = vi.spyOn(Readers.prototype, 'help');
    try {
      await engine.warmUp(ORIGINAL_PLAN);
      const watches = [new Watch(), new Watch()];
      const readings = await Promise.all([good, million].map((path) => readFile(engine, path)));
      const outcomes = readings.map((intake, i) =>
        engine.run({ intake, path: good }, ENDLESS, watches[i]!).catch((error: unknown) => error),
      );
      await expect.poll(() => watches[0]!.progress().stage).toBe('fitting');
      expect(engine.counts()).toMatchObject({ underWay: 2, waiting: 1 });
      watches[1]!.cancel();
      expect(await outcomes[1]).toBeInstanceOf(CancelledError);
      expect(engine.counts()).toMatchObject({ underWay: 1, waiting: 0 });
      expect(help.mock.calls.map(([ports]) => ports.length)).toEqual([0]);
      watches[0]!.cancel();
      expect(await outcomes[0]).toBeInstanceOf(CancelledError);
      await expect(fitFile(engine, good, ORIGINAL_PLAN)).resolves.toMatchObject({ split: { train: 1400 } });
    } finally {
      await engine.close();
    }
  });

  describe('cancels', () => {
    let engine: LocalEngine;
    let evaluation: EvaluationPlan;
    let before: Result;
    beforeAll(async () => {
      engine = new LocalEngine({ ...ONE_THREAD, helpers: 2 });
      await engine.warmUp(ORIGINAL_PLAN);
      before = await fitFile(engine, good, ORIGINAL_PLAN);
      const trained = await fitFile(engine, million, ORIGINAL_PLAN);
      evaluation = { data: {}, description: descriptionOf(trained), metrics: [] };
    }, PATIENCE_MS);
    afterAll(() => engine.close());

    const fits = (fields: FormBody) => async (intake: Reading, watch: Watch) =>
      engine.run({ intake, path: million }, await planFor({ solver: 'lbfgs', ...fields }), watch);
    const endless = { solver_tol: '1e-300', iterations: '1000000', tol: '1e9' };
    type Moment = (progress: Progress) => boolean;

    it.each<[string, (intake: Reading, watch: Watch) => Promise<unknown>, Moment]>([
      ['a file that is read again', fits({ sep: ',' }), ({ stage, done }) => stage === 'reading' && done > 0],
      ['rows that are prepared', fits({}), ({ stage }) => stage === 'preparing'],
      ['lbfgs', fits(endless), ({ iterations }) => iterations > 1],
      ['newton-cholesky', fits({ solver: 'newton-cholesky' }), ({ iterations }) => iterations > 0],
      ['gradient-descent', fits({ solver: 'gradient-descent' }), ({ stage }) => stage === 'fitting'],
      ['estimates', fits({ inference: 'true' }), ({ done }) => done === 1],
      ['folds', fits({ cv: '3' }), ({ done }) => done === 2],
      ['the tuning of a threshold', fits({ threshold: 'max(f1)' }), ({ done }) => done === 2],
      ['intervals', fits({}), ({ stage }) => stage === 'evaluating'],
      [
        'an evaluation',
        (intake, watch) => engine.evaluate({ intake, path: million }, evaluation, watch),
        ({ rows }) => rows === MILLION,
      ],
      [
        'a dry run',
        (intake, watch) => engine.inspect({ intake, path: million }, ORIGINAL_PLAN, watch),
        ({ stage, done }) => stage === 'preparing' && done > 0,
      ],
    ])('%s, returns the memory, and trains again with the same numbers', async (_stage, work, hasCome) => {
      const watch = new Watch();
      const outcome = work(await readFile(engine, million), watch).catch((error: unknown) => error);
      while (!hasCome(watch.progress())) await new Promise(setImmediate);
      watch.cancel();
      expect(await outcome).toBeInstanceOf(CancelledError);
      expect(engine.memory().promisedBytes).toBe(0);
      expect(engine.counts()).toMatchObject({ underWay: 0, waiting: 0 });
      const after = await fitFile(engine, good, ORIGINAL_PLAN);
      expect({ ...after, stages: [] }).toEqual({ ...before, stages: [] });
    });

    it('a wait for a thread that reads', async () => {
      const stuck = vi.spyOn(Reading.prototype, 'table').mockReturnValue(new Promise(() => undefined));
      const watch = new Watch();
      const intake = engine.receive();
      intake.end();
      const outcome = engine.run({ intake, path: good }, ORIGINAL_PLAN, watch).catch((error) => error);
      stuck.mockRestore();
      watch.cancel();
      expect(await outcome).toBeInstanceOf(CancelledError);
      expect(engine.counts()).toMatchObject({ underWay: 0 });
      await expect.poll(() => engine.memory().promisedBytes).toBe(0);
    });
  });
});
