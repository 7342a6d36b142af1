import { setTimeout as sleep } from 'node:timers/promises';
import { type Stage, Watch } from '../src/engine/watch.ts';
import type { Result } from '../src/values/result.ts';
import { descriptionOf } from '../test/support/evaluation.ts';
import { ORIGINAL_PLAN, planFor } from '../test/support/plans.ts';
import type { CancelCase, EngineBench, Timeline, Work } from './engineBench.ts';
import { dataFile } from './largeData.ts';
import { CSV } from './postForm.ts';

/** Rows of the large file. `CANCEL_ROWS=100000` tries the bench itself. */
const ROWS = Number(process.env['CANCEL_ROWS'] || 5_000_000);
/** gradient-descent takes 20M cells at most. */
const DESCENT_ROWS = Math.min(ROWS, 2_000_000);

/** Stages of a training after the split, in their order. */
const AFTER_SPLIT = ['fit', 'evaluate', 'inference', 'cross_validate', 'threshold', 'intervals'];

/** The cases, with their windows as one run of each shows them. */
export async function cancelCases(bench: EngineBench): Promise<CancelCase[]> {
  const { engine } = bench;
  const path = dataFile({ kind: 'ordinary', rows: ROWS });
  const descentPath = dataFile({ kind: 'ordinary', rows: DESCENT_ROWS });
  const training = async (fields: Record<string, string>, of = path) => {
    const plan = await planFor({ solver: 'lbfgs', ...fields });
    const work: Work<Result> = (intake, watch) => engine.run({ intake, path: of }, plan, watch);
    return { path: of, work, timeline: await bench.follow(of, work) };
  };
  const plain = await training({});
  const staged = async (name: string, stage: string, fields: Record<string, string>, of = path) => {
    const { timeline, ...one } = await training(fields, of);
    return { name, ...one, window: windowOf(timeline, stage) };
  };
  const evaluation = { data: {}, description: descriptionOf(plain.timeline.answer), metrics: [] };
  const evaluate: Work<unknown> = (intake, watch) => engine.evaluate({ intake, path }, evaluation, watch);
  const inspect: Work<unknown> = (intake, watch) => engine.inspect({ intake, path }, ORIGINAL_PLAN, watch);
  const again = await training({ sep: ',' });
  const began = (stage: Stage) => plain.timeline.began.get(stage)!;
  const whole = async (work: Work<unknown>) => [0, (await bench.follow(path, work)).endMs] as const;
  return [
    { name: 'the file is read again', ...again, window: [0, again.timeline.began.get('preparing')!] },
    { name: 'it waits for a thread', path, work: await behindAnother(bench, plain.work), window: [100, 400] },
    { name: 'rows are prepared', ...plain, window: [began('preparing'), began('fitting')] },
    { name: 'lbfgs fits', ...plain, window: windowOf(plain.timeline, 'fit') },
    await staged('newton-cholesky fits', 'fit', { solver: 'newton-cholesky' }),
    await staged(
      `gradient-descent fits (${DESCENT_ROWS} rows)`,
      'fit',
      { solver: 'gradient-descent', max_iter: '1' },
      descentPath,
    ),
    { name: 'the fit is measured', ...plain, window: windowOf(plain.timeline, 'evaluate') },
    await staged('estimates are computed', 'inference', { inference: 'true' }),
    await staged('five folds are fitted', 'cross_validate', { cv: '5' }),
    await staged('the threshold is tuned', 'threshold', { threshold: 'max(f1)' }),
    { name: 'intervals are computed', ...plain, window: windowOf(plain.timeline, 'intervals') },
    { name: 'a model is evaluated', path, work: evaluate, window: await whole(evaluate) },
    { name: 'a dry run computes', path, work: inspect, window: await whole(inspect) },
  ];
}

function windowOf({ began, answer }: Timeline<Result>, name: string): readonly [number, number] {
  let at = began.get('fitting')!;
  for (const stage of AFTER_SPLIT) {
    const ms = answer.stages.find((one) => one.name === stage)?.ms ?? 0;
    if (stage === name) return [at, at + ms];
    at += ms;
  }
  throw new Error(`There is no stage ${name}.`);
}

/** Runs work while the only thread is busy with another training, which ends when the work does. */
async function behindAnother(bench: EngineBench, work: Work<unknown>): Promise<Work<unknown>> {
  const endless = await planFor({ solver: 'gradient-descent', max_iter: '1000000000' });
  return async (reading, watch) => {
    const busy = new Watch();
    const intake = bench.engine.receive();
    await bench.write(intake, CSV);
    const other = bench.engine.run({ intake, path: CSV }, endless, busy).catch(() => undefined);
    while (busy.progress().stage !== 'fitting') await sleep(1);
    try {
      return await work(reading, watch);
    } finally {
      busy.cancel();
      void other;
    }
  };
}
