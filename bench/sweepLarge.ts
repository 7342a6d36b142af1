import { Ours, startOriginal, startStatsmodels } from './contestants.ts';
import { dataFile } from './largeData.ts';

/** Milliseconds of both sides, in turns. */
export interface Pair {
  readonly baseline: readonly number[];
  readonly ours: readonly number[];
}

/** The values of C, from a strong penalty to hardly any penalty. */
const CS = Array.from({ length: 20 }, (_, index) => 10 ** (-3 + (6 * index) / 19));
const FOLDS = 5;
/** The solvers stop at a gradient of 1e-4, and the losses then agree to this share. */
const LOSS_SHARE_MAX = 1e-4;
/** statsmodels stops when its own test says so. */
const ESTIMATE_SHARE_MAX = 1e-5;

interface Answer {
  readonly runs?: readonly unknown[];
  readonly cv?: { readonly folds: readonly { readonly log_loss: number }[] };
  readonly inference?: { readonly terms: readonly { readonly estimate: number | null }[] };
  readonly timing_ms: Readonly<Record<string, number>>;
}

/** A sweep of 20 values of C, and one training as its baseline, each from the last byte to the metrics. */
export function sweepsInMemory(rows: number, rounds: number): Promise<Pair> {
  return withOurs(async (ours) => {
    const path = dataFile({ kind: 'ordinary', rows });
    return inTurns(
      rounds,
      async () => (await ours.post<Answer>(path, {})).afterLastByteMs,
      async () => {
        const { answer, afterLastByteMs } = await ours.post<Answer>(path, { tol: CS.join(',') });
        if (answer.runs?.length !== CS.length) throw new Error('The answer does not have all candidates.');
        return afterLastByteMs;
      },
    );
  });
}

/** The folds alone: scikit-learn has the data in memory, and so has trainpost when the stage begins. */
export function crossValidations(rows: number, rounds: number): Promise<Pair> {
  return withOurs(async (ours) => {
    const path = dataFile({ kind: 'ordinary', rows });
    const original = await startOriginal();
    let theirs: readonly number[] = [];
    try {
      return await inTurns(
        rounds,
        async () => {
          const { ms, logLoss } = await original.ask<{ ms: number; logLoss: number[] }>('crossValidate', {
            path,
            k: FOLDS,
          });
          theirs = logLoss;
          return ms;
        },
        async () => {
          const { answer } = await ours.post<Answer>(path, { cv: String(FOLDS) });
          const own = answer.cv?.folds.map((fold) => fold.log_loss) ?? [];
          checkEqual('log loss of a fold', theirs, own, LOSS_SHARE_MAX);
          return stage(answer, 'cross_validate');
        },
      );
    } finally {
      await original.stop();
    }
  });
}

/** The estimates alone, with the data in memory on both sides. */
export function estimations(rows: number, rounds: number): Promise<Pair> {
  return withOurs(async (ours) => {
    const path = dataFile({ kind: 'ordinary', rows });
    const statsmodels = await startStatsmodels();
    let theirs: readonly number[] = [];
    try {
      return await inTurns(
        rounds,
        async () => {
          const { ms, estimates } = await statsmodels.ask<{ ms: number; estimates: number[] }>('logit', {
            path,
          });
          theirs = estimates;
          return ms;
        },
        async () => {
          const { answer } = await ours.post<Answer>(path, { inference: 'true' });
          const own = answer.inference?.terms.map(({ estimate }) => estimate ?? Number.NaN) ?? [];
          checkEqual('estimate', theirs, own, ESTIMATE_SHARE_MAX);
          return stage(answer, 'inference');
        },
      );
    } finally {
      await statsmodels.stop();
    }
  });
}

async function withOurs<Result>(use: (ours: Ours) => Promise<Result>): Promise<Result> {
  const ours = await Ours.start();
  try {
    return await use(ours);
  } finally {
    await ours.lines.stop();
  }
}

/** Measures both sides in turns, after a round that warms up. */
async function inTurns(
  rounds: number,
  baseline: () => Promise<number>,
  ours: () => Promise<number>,
): Promise<Pair> {
  const pair = { baseline: [] as number[], ours: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    const theirMs = await baseline();
    const ourMs = await ours();
    if (round === 0) continue;
    pair.baseline.push(theirMs);
    pair.ours.push(ourMs);
  }
  return pair;
}

function stage({ timing_ms: timing }: Answer, name: string): number {
  const ms = timing[name];
  if (ms === undefined) throw new Error(`The answer has no time for ${name}.`);
  return ms;
}

/** @throws Error if the sides have other results, because their times are not comparable then */
function checkEqual(what: string, theirs: readonly number[], own: readonly number[], shareMax: number): void {
  const isEqual = (value: number, index: number) =>
    Math.abs(value - own[index]!) <= shareMax * Math.max(Math.abs(value), Number.EPSILON);
  if (theirs.length === own.length && theirs.every(isEqual)) return;
  throw new Error(`Another ${what}: ${theirs.join(', ')} and ${own.join(', ')}`);
}
