import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LocalEngine } from '../../../src/engine/local/localEngine.ts';
import { Reading } from '../../../src/engine/local/reading/reading.ts';
import { Readers } from '../../../src/engine/local/threads/readers.ts';
import { type Progress, Watch } from '../../../src/engine/watch.ts';
import { CancelledError } from '../../../src/errors.ts';
import type { FormBody } from '../../../src/training/fields/parse.ts';
import type { EvaluationPlan } from '../../../src/values/evaluation.ts';
import type { Result } from '../../../src/values/result.ts';
import { fitFile, readFile } from '../../support/engineFiles.ts';
import { descriptionOf } from '../../support/evaluation.ts';
import { ORIGINAL_PLAN, planFor } from '../../support/plans.ts';
import { PATIENCE_MS, THREAD } from '../../support/service.ts';

const dir = mkdtempSync(join(tmpdir(), 'trainpost-cancel-'));
const good = join(dir, 'good.csv');
const rows = Array.from(
  { length: 2_000 },
  (_, i) => `${(i * 7) % 101},${(i * 13) % 89},${(i * i) % 3 === 0 ? 1 : 0}`,
);
writeFileSync(good, `a,b,Outcome\n${rows.join('\n')}\n`);
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
    /** A comparison on most of the rows, which takes long enough to be seen. */
    const compares = async (intake: Reading, watch: Watch) => {
      const plan = { ...(await planFor({ test_size: '0.9' })), champion: evaluation.description };
      return engine.run({ intake, path: million }, plan, watch);
    };
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
      ['intervals', compares, ({ stage }) => stage === 'evaluating'],
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
