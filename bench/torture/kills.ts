import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { experimentOf } from '../../test/support/mlflowApi.ts';
import { countAll, type RunContent, takeCensus } from '../../test/support/mlflowCensus.ts';
import { TcpProxy } from '../../test/support/tcpProxy.ts';
import { isAccepted, postTraining } from '../../test/support/trainer.ts';
import { Victim } from '../../test/support/victim.ts';
import { Random } from '../random.ts';
import { Callers, CS, formOf, newOffer, SWEEP } from './callers.ts';
import type { Row, Stage } from './row.ts';
import { drained, pendingIn } from './spoolFolder.ts';
import { isClean, judge, type Offered, TAG, type Verdict } from './verdict.ts';

export interface KillsOptions extends Stage {
  /** A real MLflow 3. */
  readonly mlflowUrl: string;
  /** Number of kills. More follow until enough trainings are accepted, up to ten times this number. */
  readonly kills: number;
  readonly acceptedMin: number;
  /** Factor for the service's times, beside the factor for the machine's speed; 1 by default. */
  readonly slack?: number;
  /** Another name for each campaign in the same MLflow. */
  readonly experimentName: string;
  /** Whether the trainings are jobs, all of which are accepted before most kills. */
  readonly later?: boolean;
}

const HARM_SHARE = 0.3;
/**
 * The proxy sends a late request on within this time, and MLflow carries it out within another second. Both together take
 * less time than the quarantine, as real delays do. The quarantine here is a fortieth of the real quarantine of 120 s.
 */
const LATE_MS_MAX = 1_500;
const QUARANTINE_MS = 3_000;
/** The time after which the recheck begins. All late requests have arrived by then. */
const RECHECK_MS = 5_000;
/** Shorter than some delays, so that MLflow carries out some calls after their timeout. */
const CALL_TIMEOUT_MS = 1_000;
/** Within this time, some trainings reach MLflow before they are answered. The others are answered first. */
const WAIT_MS = 1_000;
const RECHECK_POLL_MS = 2_000;
const CALLERS = 3;
const GAP_MS = 1_000;
/** MLflow has a training within this time on an idle machine. If MLflow takes longer, all times are longer. */
const TRAINING_MS = 1_000;
/** Trainings for each life of the service. Without this limit, a slow machine with long lives would take thousands. */
const ACCEPTED_A_LIFE = 1.7;
/** A slower start counts as this time. Otherwise a machine that is busy at the start would make the whole campaign slow. */
const START_MS_MAX = 2_500;
/** Most kills, as a multiple of `kills`, if the lives of a slow machine accept few trainings. */
const TIMES_MAX = 10;
const SAY_EVERY = 25;

/** Kills the service at random moments, while a proxy harms its requests to MLflow. Then counts what MLflow has. */
export async function kills(options: KillsOptions): Promise<Row> {
  const campaign = await run(options, undefined);
  const { verdict, deaths, sweeps } = campaign;
  const isEnough = verdict.accepted >= options.acceptedMin && sweeps > 0;
  const passed = isClean(verdict) && isEnough && deaths === 0;
  return {
    what: `kill -9 at random points under ${HARM_SHARE * 100} % network faults, single trainings and sweeps, a real MLflow`,
    figure: figureOf(campaign),
    bar: `at least ${options.acceptedMin} accepted, and a sweep; 0 lost, 0 doubled, 0 incomplete`,
    passed,
    details: detailsOf(campaign, options.seed),
  };
}

/** Accepts many jobs that are done later, and kills the service while it does them. */
export async function killsOfJobs(options: Omit<KillsOptions, 'later'>): Promise<Row> {
  const campaign = await run({ ...options, later: true }, undefined);
  const { verdict, deaths } = campaign;
  const passed = isClean(verdict) && verdict.accepted >= options.acceptedMin && deaths === 0;
  return {
    what: `kill -9 at random points while ${options.acceptedMin} jobs of respond-async wait or run, under the same network faults`,
    figure: figureOf(campaign),
    bar: `${options.acceptedMin} accepted; each trained and logged once`,
    passed,
    details: detailsOf(campaign, options.seed),
  };
}

/** Runs the campaign with a client that sends every failed call again. The proof is worthless unless this client fails. */
export async function naiveKills(options: KillsOptions): Promise<Row> {
  const tsx = import.meta.resolve('tsx');
  const service = join(import.meta.dirname, 'naiveService.ts');
  const campaign = await run(options, [process.execPath, '--import', tsx, service]);
  const { verdict } = campaign;
  return {
    what: 'the same with a naive client, which sends every failed call again (negative control)',
    figure: figureOf(campaign),
    bar: 'must not be clean',
    passed: verdict.accepted > 0 && verdict.doubled > 0,
    // The figure shows the faults of this client. A sentence for each fault would fill a page.
    details: detailsOf({ ...campaign, verdict: { ...verdict, examples: [] } }, options.seed),
  };
}

interface Campaign {
  readonly kills: number;
  /** How many of the accepted trainings are sweeps. */
  readonly sweeps: number;
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
    `kills: the content of a whole training is known; ${options.kills} kills begin, all times ${slowness.toFixed(1)} x`,
  );

  proxy.harmShare = HARM_SHARE;
  const callers = new Callers({
    url: victim.url,
    experimentName,
    random: draw,
    callers: CALLERS,
    gapMs: options.later === true ? 0 : GAP_MS,
    isWanted: (accepted) =>
      accepted < (options.later === true ? options.acceptedMin : ACCEPTED_A_LIFE * (victim.lives + 1)),
    later: options.later === true,
    withKeys: command === undefined,
    // The naive client knows no sweeps.
    withSweeps: command === undefined,
  });
  const made = await killAgainAndAgain(victim, options, { ...times, startMs }, draw, callers);
  await victim.up();
  await callers.end();
  proxy.harmShare = 0;
  await proxy.settled();
  say(`kills: ${callers.accepted} accepted, ${pendingIn(spoolDir)} not delivered yet`);
  await drained(spoolDir);
  const { experiment_id: experimentId } = await experimentOf(mlflowUrl, experimentName);
  if (command === undefined) await rechecked(mlflowUrl, experimentId, times.recheckMs);
  const verdict = judge(await takeCensus(mlflowUrl, experimentId), callers.offered, expected);
  const lastWords = victim.deaths > 0 ? victim.lastWords() : '';
  return {
    kills: made,
    sweeps: callers.acceptedSweeps,
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
  readonly recheckMs: number;
}

/** The service's times on a machine that is slower by this factor. */
function timesOf(slowness: number): Times {
  const ms = (time: number) => Math.round(time * slowness);
  return { callTimeoutMs: ms(CALL_TIMEOUT_MS), quarantineMs: ms(QUARANTINE_MS), recheckMs: ms(RECHECK_MS) };
}

function settings(
  mlflowUrl: string,
  { callTimeoutMs, quarantineMs, recheckMs }: Times,
): Record<string, string> {
  return {
    MLFLOW_TRACKING_URI: mlflowUrl,
    MLFLOW_CALL_TIMEOUT_MS: String(callTimeoutMs),
    MLFLOW_WAIT_MS: String(WAIT_MS),
    DELIVERY_QUARANTINE_MS: String(quarantineMs),
    DELIVERY_RECHECK_MS: String(recheckMs),
  };
}

/** Settings without a timeout before MLflow has answered. */
function patience(mlflowUrl: string): Record<string, string> {
  return { MLFLOW_TRACKING_URI: mlflowUrl, MLFLOW_CALL_TIMEOUT_MS: '600000', MLFLOW_WAIT_MS: '600000' };
}

/** Trains without faults: gives the content of the runs, the time of a start, and how slow the machine is. */
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
  const single = await contents(options, CS, victim);
  const trainingMs = (performance.now() - begunAt) / CS.length;
  const sweeps = service.command === undefined ? await contents(options, [SWEEP], victim) : [];
  return {
    expected: new Map([...single, ...sweeps]),
    startMs,
    slowness: Math.max(1, trainingMs / TRAINING_MS),
  };
}

/** Trains once with each C, or sweep of C, without faults, and returns what MLflow has of each training. */
async function contents(
  { mlflowUrl, experimentName }: KillsOptions,
  Cs: readonly string[],
  { url, spoolDir }: Victim,
): Promise<Map<string, RunContent>> {
  const name = `${experimentName}-undisturbed-${Cs.length}`;
  const byTag = new Map<string, string>();
  for (const C of Cs) {
    const offer: Offered = { ...newOffer(1, () => 0), C };
    byTag.set(offer.tag, C);
    const answered = await postTraining(url, formOf(offer, name));
    if (!isAccepted(answered)) throw new Error(`The training was not accepted: ${JSON.stringify(answered)}`);
  }
  await drained(spoolDir);
  const { experiment_id: experimentId } = await experimentOf(mlflowUrl, name);
  const { runs } = await takeCensus(mlflowUrl, experimentId);
  const whole = runs.filter(({ status, versions, content }) => {
    const [model] = content.models;
    const areWhole = content.children.every((child) => child.status === 'FINISHED');
    const isReady = model?.status === 'LOGGED_MODEL_READY';
    return status === 'FINISHED' && versions.length === 1 && isReady && areWhole;
  });
  if (whole.length !== Cs.length) {
    throw new Error(`A run is incomplete without faults: ${JSON.stringify(runs)}`);
  }
  return new Map(whole.map(({ tags, content }) => [byTag.get(tags[TAG] ?? '') ?? '', content]));
}

async function killAgainAndAgain(
  victim: Victim,
  { kills, acceptedMin, say }: KillsOptions,
  times: Times & { readonly startMs: number },
  random: () => number,
  callers: Callers,
): Promise<number> {
  const { withSweeps } = callers;
  const isEnough = () => callers.accepted >= acceptedMin && (!withSweeps || callers.acceptedSweeps > 0);
  let kill = 0;
  while (kill < kills || (kill < TIMES_MAX * kills && !isEnough())) {
    kill += 1;
    await life(victim, times, random);
    await victim.kill();
    // The next life may end before the service answers, so that a kill can also cut off its start.
    victim.spawn();
    if (kill % SAY_EVERY === 0) say(`kills: ${kill} of ${kills}, ${callers.accepted} accepted`);
  }
  return kill;
}

/** Waits for a random time. Some lives end during the start, and most before a quarantine ends. The others are longer. */
async function life(
  victim: Victim,
  { startMs, quarantineMs }: Times & { readonly startMs: number },
  random: () => number,
): Promise<void> {
  const kind = random();
  if (kind < 0.2) return sleep(startMs * random());
  // The start takes longer on a slow machine.
  await victim.up();
  await sleep(kind < 0.65 ? 2_500 * random() : quarantineMs + 1_000 + 4_000 * random());
}

/** Waits until the rechecks are over. They are over if no run has been deleted for twice the time after which each begins. */
async function rechecked(mlflowUrl: string, experimentId: string, recheckMs: number): Promise<void> {
  let count = Number.NaN;
  for (let levelMs = 0; levelMs < 2 * recheckMs; levelMs += RECHECK_POLL_MS) {
    await sleep(RECHECK_POLL_MS);
    const now = await countAll(mlflowUrl, experimentId);
    if (now !== count) levelMs = 0;
    count = now;
  }
}

function figureOf({ kills, sweeps, verdict: { accepted, lost, doubled, incomplete } }: Campaign): string {
  return `${kills} kills, ${accepted} accepted (${sweeps} sweeps): ${lost} lost, ${doubled} doubled, ${incomplete} incomplete`;
}

function detailsOf({ verdict, deaths, lastWords, harm, statuses }: Campaign, seed: number): string[] {
  const { unansweredKept, deleted, strays, examples } = verdict;
  const list = (counts: Iterable<readonly [string | number, number]>) =>
    [...counts].map(([name, count]) => `${count} ${name === 0 ? 'without an answer' : name}`).join(', ');
  return [
    `Seed ${seed}. Requests to MLflow: ${list(Object.entries(harm))}. Answers: ${list(statuses)}.`,
    `${unansweredKept} trainings without an answer are nevertheless in MLflow. ${deleted} doubles were deleted. ${strays} runs or models belong to no training.`,
    ...(deaths > 0 ? [`The service ended by itself ${deaths} times: ${lastWords}`] : []),
    ...examples,
  ];
}
