import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { postTraining } from '../test/support/trainer.ts';
import { trainForm } from '../test/support/trainForm.ts';
import { Floor } from './floor.ts';
import { floorRecord } from './floorRecord.ts';
import { CSV as CSV_PATH, post } from './postForm.ts';
import { withServices } from './services.ts';
import { median, table } from './statistics.ts';
import { crossValidations, estimations, type Pair, sweepsInMemory } from './sweepLarge.ts';

const CSV = readFileSync(CSV_PATH);
/** Share of the rows, and of the candidates on data/diabetes.csv. `BENCH_SCALE=0.1` tries the bench itself. */
const SCALE = Number(process.env['BENCH_SCALE'] || 1);
const CANDIDATES = Math.max(2, Math.round(50 * SCALE));
const ROWS = Math.round(1_000_000 * SCALE);
const ROUNDS = 5;
/** Posts to the original in each round. All rounds together have about one post for each candidate. */
const POSTS = Math.ceil(CANDIDATES / ROUNDS);
/** The values of C, from a strong penalty to hardly any penalty. */
const CS = Array.from({ length: CANDIDATES }, (_, index) => 10 ** (-3 + (6 * index) / (CANDIDATES - 1)));

/** One row of the table: how often the baseline fits into ours, or ours into the baseline. */
interface Comparison {
  readonly what: string;
  readonly pair: Pair;
  /** Whether the ratio is that of ours to the baseline, so that less is better. */
  readonly isCost: boolean;
  readonly bar: number;
  readonly aim: number;
}

/** Measures sweeps, folds and estimates, each against its baseline in the same run. */
export async function sweep(): Promise<string> {
  const { original, floor } = await withServices(({ original, trainpost, mlflow }) =>
    inTurns(original, trainpost, mlflow.url),
  );
  const large = await sweepsInMemory(ROWS, ROUNDS);
  const folds = await crossValidations(ROWS, ROUNDS);
  const estimates = await estimations(ROWS, ROUNDS);
  const size = `${ROWS.toLocaleString('en')} x 9`;
  const rows: Comparison[] = [
    {
      what: `sweep of ${CANDIDATES} C on diabetes.csv against ${CANDIDATES} posts to the original`,
      pair: original,
      isCost: false,
      bar: 60,
      aim: 100,
    },
    {
      what: 'the same against the bare MLflow calls that the sweep takes',
      pair: floor,
      isCost: true,
      bar: 1.3,
      aim: 1.15,
    },
    {
      what: `sweep of 20 C on ${size}, last byte to metrics, against one training`,
      pair: large,
      isCost: true,
      bar: 8,
      aim: 6,
    },
    {
      what: `cv=5 on ${size} against scikit-learn's \`cross_validate\`, data in memory`,
      pair: folds,
      isCost: false,
      bar: 3,
      aim: 5,
    },
    {
      what: `estimates on ${size} against statsmodels' \`Logit\`, data in memory`,
      pair: estimates,
      isCost: false,
      bar: 5,
      aim: 20,
    },
  ];
  const scale = SCALE === 1 ? '' : ` **A trial with ${SCALE} of the rows and candidates.**`;
  return [
    `${cpus().length} cores (${cpus()[0]?.model}), Node ${process.versions.node}; medians of ${ROUNDS}, in turns.${scale}`,
    '',
    table(['what', 'baseline', 'trainpost', 'ratio', 'bar', 'aim', 'reached'], rows.map(cellsOf)),
  ].join('\n');
}

function cellsOf({ what, pair: { baseline, ours }, isCost, bar, aim }: Comparison): string[] {
  const ratio = isCost ? median(ours) / median(baseline) : median(baseline) / median(ours);
  const isWithin = (limit: number) => (isCost ? ratio <= limit : ratio >= limit);
  const ms = (values: readonly number[]) => `${median(values).toFixed(0)} ms`;
  return [
    what,
    ms(baseline),
    ms(ours),
    `**${ratio.toFixed(2)}**`,
    `${isCost ? 'under ' : ''}${bar}`,
    String(aim),
    isWithin(aim) ? 'aim' : isWithin(bar) ? 'bar' : 'no',
  ];
}

/** Posts sweeps of data/diabetes.csv, plays the bare calls, and posts some candidates to the original, in turns. */
async function inTurns(
  original: string,
  trainpost: string,
  mlflow: string,
): Promise<{ readonly original: Pair; readonly floor: Pair }> {
  const floor = new Floor(mlflow);
  const experimentId = await floor.experiment('Sweep');
  const recorded = await floorRecord(CSV, { tol: CS.join(',') }, 'Sweep');
  const form = trainForm({ tol: CS.join(','), exp_name: 'Sweep' }, CSV);
  const ms = { ours: [] as number[], floor: [] as number[], original: [] as number[] };
  // Round 0 warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const startedAt = performance.now();
    const answered = await postTraining(trainpost, form);
    const sweptAt = performance.now();
    if (answered?.status !== 200 || answered.body.runs.length !== CANDIDATES) {
      throw new Error(`${trainpost}: ${answered?.status} ${JSON.stringify(answered?.body).slice(0, 300)}`);
    }
    await floor.sweep(experimentId, recorded.tree, recorded.files, `floor-${round}-${Date.now()}`);
    const playedAt = performance.now();
    const posts = round === 0 ? 1 : POSTS;
    for (let index = 0; index < posts; index += 1) await post(original);
    const postedAt = performance.now();
    if (round === 0) continue;
    ms.ours.push(sweptAt - startedAt);
    ms.floor.push(playedAt - sweptAt);
    // A post takes seconds, so each round makes a share of the posts.
    ms.original.push(((postedAt - playedAt) / posts) * CANDIDATES);
  }
  await floor.close();
  return {
    original: { baseline: ms.original, ours: ms.ours },
    floor: { baseline: ms.floor, ours: ms.ours },
  };
}
