import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { experimentOf } from '../../test/support/mlflowApi.ts';
import { countAll, type RunContent, takeCensus } from '../../test/support/mlflowCensus.ts';
import { TcpProxy } from '../../test/support/tcpProxy.ts';
import { isAccepted, postTraining } from '../../test/support/trainer.ts';
import { Victim } from '../../test/support/victim.ts';
import { Random } from '../random.ts';
import { Callers, CS, formOf, newOffer } from './callers.ts';
import type { Row, Stage } from './row.ts';
import { drained, pendingIn } from './spoolFolder.ts';
import { isClean, judge, type Offered, TAG, type Verdict } from './verdict.ts';

export interface KillsOptions extends Stage {
  /** A real MLflow 3. */
  readonly mlflowUrl: string;
  /** As many, and then more until enough was accepted; at most ten times as many. */
  readonly kills: number;
  readonly acceptedMin: number;
  /** The service's times are so many times as long as on a machine that does nothing else; 1 where it is not given. */
  readonly slack?: number;
  /** Told apart from those of other campaigns before the same MLflow. */
  readonly experimentName: string;
}

const HARM_SHARE = 0.3;
/**
 * A request that is late is sent on within this time, and MLflow carries it out within another second: together less
 * than the quarantine, which is a hundredth of the real one and has to outlast them as the real one outlasts real delays.
 */
const LATE_MS_MAX = 1_500;
const QUARANTINE_MS = 3_000;
/** The late sweep, behind everything that is late. */
const SWEEP_MS = 5_000;
/** Shorter than some delays, so that calls time out which are then carried out. */
const CALL_TIMEOUT_MS = 1_000;
/** Some trainings are answered when they are in MLflow, the others before. */
const WAIT_MS = 1_000;
const SWEEP_POLL_MS = 2_000;
const CALLERS = 3;
const GAP_MS = 1_000;
/** MLflow has a training within this time on a machine that does nothing else. Where it takes longer, so do all times. */
const TRAINING_MS = 1_000;
/** Spread over the kills: those of a slow machine, whose lives are long, would else be thousands. */
const ACCEPTED_A_LIFE = 1.7;
/** A start that takes longer is counted as one of this time, lest a machine that was busy then is slow ever after. */
const START_MS_MAX = 2_500;
/** More kills than were asked for, where the lives of a slow machine accept little. */
const TIMES_MAX = 10;
const SAY_EVERY = 25;

/** The service is killed at random moments, MLflow is reached through a proxy that does harm; then MLflow is counted. */
export async function kills(options: KillsOptions): Promise<Row> {
  const campaign = await run(options, undefined);
  const { verdict, deaths } = campaign;
  const passed = isClean(verdict) && verdict.accepted >= options.acceptedMin && deaths === 0;
  return {
    what: `kill -9 at random points under ${HARM_SHARE * 100} % network faults, a real MLflow`,
    figure: figureOf(campaign),
    bar: `at least ${options.acceptedMin} accepted; 0 lost, 0 doubled, 0 incomplete`,
    passed,
    details: detailsOf(campaign, options.seed),
  };
}

/** The same campaign with a client that sends again whatever fails; the proof is worth nothing unless it fails. */
export async function naiveKills(options: KillsOptions): Promise<Row> {
  const tsx = import.meta.resolve('tsx');
  const service = join(import.meta.dirname, 'naiveService.ts');
  const campaign = await run(options, [process.execPath, '--import', tsx, service]);
  const { verdict } = campaign;
  return {
    what: 'the same with a naive client, which sends again whatever fails (negative control)',
    figure: figureOf(campaign),
    bar: 'must not be clean',
    passed: verdict.accepted > 0 && verdict.doubled > 0,
    // What it does wrong is its figure; the sentences on it would fill a page.
    details: detailsOf({ ...campaign, verdict: { ...verdict, examples: [] } }, options.seed),
  };
}

interface Campaign {
  readonly kills: number;
  readonly verdict: Verdict;
  readonly deaths: number;
  readonly lastWords: string;
  readonly harm: TcpProxy['counts'];
  readonly statuses: ReadonlyMap<number, number>;
}

async function run(options: KillsOptions, command: readonly string[] | undefined): Promise<Campaign> {
  const { mlflowUrl, dir, seed, experimentName, say } = options;
  const random = new Random(seed);
  const draw = () => random.uniform();
  await using proxy = await TcpProxy.start({
    target: mlflowUrl,
    random: draw,
    harmShare: 0,
    lateMsMax: LATE_MS_MAX,
  });
  const service = command === undefined ? {} : { command };
  const { expected, startMs, slowness } = await undisturbed(options, service);
  const times = timesOf(slowness * (options.slack ?? 1));
  await using victim = await Victim.start({ dir, env: settings(proxy.url, times), ...service });
  const { spoolDir } = victim;
  say(
    `kills: what a training holds is known; ${options.kills} kills begin, all times ${slowness.toFixed(1)} x`,
  );

  proxy.harmShare = HARM_SHARE;
  const callers = new Callers({
    url: victim.url,
    experimentName,
    random: draw,
    callers: CALLERS,
    gapMs: GAP_MS,
    isWanted: (accepted) => accepted < ACCEPTED_A_LIFE * (victim.lives + 1),
    withKeys: command === undefined,
  });
  const made = await killAgainAndAgain(victim, options, { ...times, startMs }, draw, callers);
  await victim.up();
  await callers.end();
  proxy.harmShare = 0;
  await proxy.settled();
  say(`kills: ${callers.accepted} accepted, ${pendingIn(spoolDir)} to be delivered`);
  await drained(spoolDir);
  const { experiment_id: experimentId } = await experimentOf(mlflowUrl, experimentName);
  if (command === undefined) await swept(mlflowUrl, experimentId, times.sweepMs);
  const verdict = judge(await takeCensus(mlflowUrl, experimentId), callers.offered, expected);
  const lastWords = victim.deaths > 0 ? victim.lastWords() : '';
  return {
    kills: made,
    verdict,
    deaths: victim.deaths,
    lastWords,
    harm: proxy.counts,
    statuses: callers.statuses,
  };
}

interface Times {
  readonly callTimeoutMs: number;
  readonly quarantineMs: number;
  readonly sweepMs: number;
}

/** The service's times on a machine so many times slower. */
function timesOf(slowness: number): Times {
  const ms = (time: number) => Math.round(time * slowness);
  return { callTimeoutMs: ms(CALL_TIMEOUT_MS), quarantineMs: ms(QUARANTINE_MS), sweepMs: ms(SWEEP_MS) };
}

function settings(
  mlflowUrl: string,
  { callTimeoutMs, quarantineMs, sweepMs }: Times,
): Record<string, string> {
  return {
    MLFLOW_TRACKING_URI: mlflowUrl,
    MLFLOW_CALL_TIMEOUT_MS: String(callTimeoutMs),
    MLFLOW_WAIT_MS: String(WAIT_MS),
    DELIVERY_QUARANTINE_MS: String(quarantineMs),
    DELIVERY_SWEEP_MS: String(sweepMs),
  };
}

/** No time of these is over before MLflow has answered. */
function patience(mlflowUrl: string): Record<string, string> {
  return { MLFLOW_TRACKING_URI: mlflowUrl, MLFLOW_CALL_TIMEOUT_MS: '600000', MLFLOW_WAIT_MS: '600000' };
}

/** What a service does that nobody disturbs: the content of its runs, how long it takes to start, and how slow it is. */
async function undisturbed(options: KillsOptions, service: { readonly command?: readonly string[] }) {
  const dir = join(options.dir, 'undisturbed');
  mkdirSync(dir);
  const startedAt = performance.now();
  await using victim = await Victim.start({
    dir,
    env: patience(options.mlflowUrl),
    ...service,
  });
  const startMs = Math.min(START_MS_MAX, performance.now() - startedAt);
  const begunAt = performance.now();
  const expected = await contents(options, victim.url, victim.spoolDir);
  const trainingMs = (performance.now() - begunAt) / CS.length;
  return { expected, startMs, slowness: Math.max(1, trainingMs / TRAINING_MS) };
}

/** What MLflow holds of a training with each C when nothing is in the way. */
async function contents(
  { mlflowUrl, experimentName }: KillsOptions,
  url: string,
  spoolDir: string,
): Promise<Map<string, RunContent>> {
  const name = `${experimentName}-undisturbed`;
  const byTag = new Map<string, string>();
  for (const C of CS) {
    const offer: Offered = { ...newOffer(1, () => 0), C };
    byTag.set(offer.tag, C);
    const answered = await postTraining(url, formOf(offer, name));
    if (!isAccepted(answered)) throw new Error(`not trained: ${JSON.stringify(answered)}`);
  }
  await drained(spoolDir);
  const { experiment_id: experimentId } = await experimentOf(mlflowUrl, name);
  const { runs } = await takeCensus(mlflowUrl, experimentId);
  const whole = runs.filter(({ status, versions, content }) => {
    const [model] = content.models;
    return status === 'FINISHED' && versions.length === 1 && model?.status === 'LOGGED_MODEL_READY';
  });
  if (whole.length !== CS.length) throw new Error(`not whole without faults: ${JSON.stringify(runs)}`);
  return new Map(whole.map(({ tags, content }) => [byTag.get(tags[TAG] ?? '') ?? '', content]));
}

async function killAgainAndAgain(
  victim: Victim,
  { kills, acceptedMin, say }: KillsOptions,
  times: Times & { readonly startMs: number },
  random: () => number,
  callers: Callers,
): Promise<number> {
  const isEnough = () => callers.accepted >= acceptedMin;
  let kill = 0;
  while (kill < kills || (kill < TIMES_MAX * kills && !isEnough())) {
    kill += 1;
    await life(victim, times, random);
    await victim.kill();
    // The next life may end before it answers: what it does at its start can be cut off too.
    victim.spawn();
    if (kill % SAY_EVERY === 0) say(`kills: ${kill} of ${kills}, ${callers.accepted} accepted`);
  }
  return kill;
}

/** Some lives end in the middle of the start, most before a quarantine does; the others see it through. */
async function life(
  victim: Victim,
  { startMs, quarantineMs }: Times & { readonly startMs: number },
  random: () => number,
): Promise<void> {
  const kind = random();
  if (kind < 0.2) return sleep(startMs * random());
  // However long the start takes on this machine.
  await victim.up();
  await sleep(kind < 0.65 ? 2_500 * random() : quarantineMs + 1_000 + 4_000 * random());
}

/** The late sweeps are over when nothing has gone any more for twice the time after which each begins. */
async function swept(mlflowUrl: string, experimentId: string, sweepMs: number): Promise<void> {
  let count = Number.NaN;
  for (let levelMs = 0; levelMs < 2 * sweepMs; levelMs += SWEEP_POLL_MS) {
    await sleep(SWEEP_POLL_MS);
    const now = await countAll(mlflowUrl, experimentId);
    if (now !== count) levelMs = 0;
    count = now;
  }
}

function figureOf({ kills, verdict: { accepted, lost, doubled, incomplete } }: Campaign): string {
  return `${kills} kills, ${accepted} accepted: ${lost} lost, ${doubled} doubled, ${incomplete} incomplete`;
}

function detailsOf({ verdict, deaths, lastWords, harm, statuses }: Campaign, seed: number): string[] {
  const { unansweredKept, deleted, strays, examples } = verdict;
  const list = (counts: Iterable<readonly [string | number, number]>) =>
    [...counts].map(([name, count]) => `${count} ${name === 0 ? 'without an answer' : name}`).join(', ');
  return [
    `Seed ${seed}. Requests to MLflow: ${list(Object.entries(harm))}. Answers: ${list(statuses)}.`,
    `${unansweredKept} that were not answered are there all the same; ${deleted} doubles were deleted; ${strays} strays.`,
    ...(deaths > 0 ? [`The service ended by itself ${deaths} times: ${lastWords}`] : []),
    ...examples,
  ];
}
