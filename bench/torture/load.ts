import { readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { REQUEST_ID_TAG } from '../../src/tracking/tree.ts';
import { experimentOf } from '../../test/support/mlflowApi.ts';
import { takeCensus } from '../../test/support/mlflowCensus.ts';
import { silentServer } from '../../test/support/silentServer.ts';
import { isAccepted, postTraining } from '../../test/support/trainer.ts';
import { trainForm } from '../../test/support/trainForm.ts';
import { Victim } from '../../test/support/victim.ts';
import { DIABETES } from './callers.ts';
import { type LoopDelay, loopDelayEnv, loopDelayOf } from './loopDelay.ts';
import type { Row, Stage } from './row.ts';
import { drained } from './spoolFolder.ts';
import { isClean, judge, type Offered } from './verdict.ts';

export interface LoadOptions extends Stage {
  /** A real MLflow 3, which takes the accepted trainings in the end. */
  readonly mlflowUrl: string;
  readonly seconds: number;
  readonly acceptedPerSMin: number;
  readonly loopP99MsMax: number;
  /** How many of the accepted trainings are delivered in the end. */
  readonly drained: number;
  readonly experimentName: string;
}

const CLIENTS = 64;
const WARM_UP = 20;
/** Above what any machine accepts in a minute. */
const SPOOL_RECORDS_MAX = 100_000;
const SPOOL_BYTES_MAX = 20_000_000_000;
const RETRY_AFTER_S = 1;
const MS_PER_S = 1_000;

/**
 * Lets 64 clients post data/diabetes.csv as fast as the service allows, while MLflow accepts connections and never answers.
 * Then delivers some of the accepted trainings to a real MLflow.
 */
export async function load(options: LoadOptions): Promise<Row[]> {
  const { dir, seconds } = options;
  await using mlflow = await silentServer();
  const loopFile = join(dir, 'loop.json');
  await using victim = await Victim.start({
    dir,
    env: {
      MLFLOW_TRACKING_URI: mlflow.url,
      MLFLOW_WAIT_MS: '0',
      // The service ends only after its first call to MLflow has ended.
      MLFLOW_CALL_TIMEOUT_MS: '1000',
      SPOOL_RECORDS_MAX: String(SPOOL_RECORDS_MAX),
      SPOOL_BYTES_MAX: String(SPOOL_BYTES_MAX),
      SHUTDOWN_GRACE_MS: '2000',
      ...loopDelayEnv(loopFile),
    },
  });
  const form = trainForm({ tol: '1.0', iterations: '100', exp_name: options.experimentName }, DIABETES);
  const warmUp = await post(victim.url, form, {
    seconds: Number.POSITIVE_INFINITY,
    clients: 1,
    max: WARM_UP,
  });
  await loopDelayOf(victim.pid, loopFile);
  const posted = await post(victim.url, form, { seconds, clients: CLIENTS, max: Number.POSITIVE_INFINITY });
  const delay = await loopDelayOf(victim.pid, loopFile);
  options.say(`load: ${posted.ids.length} accepted; their delivery begins`);
  await victim.stop();
  const ids = [...warmUp.ids, ...posted.ids];
  return [...loadRows(posted, delay, options), await drainRow(options, victim, ids, form)];
}

interface Posted {
  /** Ids of the accepted trainings. */
  readonly ids: readonly string[];
  readonly statuses: ReadonlyMap<number, number>;
  readonly elapsedMs: number;
}

/** Lets clients post again as soon as they have an answer. A refused client waits as long as `Retry-After` says. */
async function post(
  url: string,
  form: ReturnType<typeof trainForm>,
  { seconds, clients, max }: { seconds: number; clients: number; max: number },
): Promise<Posted> {
  const dispatcher = new Pool(url, { connections: clients });
  const ids: string[] = [];
  const statuses = new Map<number, number>();
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * MS_PER_S;
  const call = async () => {
    while (performance.now() < endsAt && ids.length < max) {
      const answered = await postTraining(url, form, { dispatcher });
      const status = answered?.status ?? 0;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (isAccepted(answered)) {
        ids.push(String(answered!.headers['location']).split('/').at(-1)!);
      } else {
        await sleep(Number(answered?.headers['retry-after'] ?? RETRY_AFTER_S) * MS_PER_S);
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, call));
  await dispatcher.close();
  return { ids, statuses, elapsedMs: performance.now() - startedAt };
}

function loadRows(
  { ids, statuses, elapsedMs }: Posted,
  delay: LoopDelay,
  { seconds, acceptedPerSMin, loopP99MsMax }: LoadOptions,
): Row[] {
  const perS = ids.length / (elapsedMs / MS_PER_S);
  const others = [...statuses].filter(([status]) => ![200, 202, 429, 503].includes(status));
  const shown = [...statuses].map(([status, count]) => `${count} x ${status || 'no answer'}`).join(', ');
  const ms = (value: number) => value.toFixed(1);
  return [
    {
      what: `${CLIENTS} clients for ${seconds} s on diabetes.csv, MLflow paused`,
      figure: `${perS.toFixed(0)} trainings/s accepted (${shown})`,
      bar: `${acceptedPerSMin}/s, the rest 429 or 503`,
      passed: perS >= acceptedPerSMin && others.length === 0,
      details: [],
    },
    {
      what: "the event loop's delay meanwhile",
      figure: `p99 ${ms(delay.p99)} ms`,
      bar: `p99 under ${loopP99MsMax} ms`,
      passed: delay.p99 < loopP99MsMax,
      details: [`Median ${ms(delay.p50)} ms, longest ${ms(delay.max)} ms.`],
    },
  ];
}

/** Starts the service again with some of the accepted records and with an MLflow that answers. */
async function drainRow(
  { mlflowUrl, drained: count, experimentName, say }: LoadOptions,
  victim: Victim,
  ids: readonly string[],
  form: ReturnType<typeof trainForm>,
): Promise<Row> {
  const pending = join(victim.spoolDir, 'pending');
  const idOf = (file: string) => ids.find((id) => file.includes(id));
  const files = readdirSync(pending);
  // The kept records are spread over all records, from the first to the last.
  const kept = new Set(
    Array.from(
      { length: Math.min(count, files.length) },
      (_, k) => files[Math.floor((k * files.length) / count)]!,
    ),
  );
  for (const file of files) if (!kept.has(file)) unlinkSync(join(pending, file));
  const offered: Offered[] = [...kept].map((file) => ({ tag: idOf(file) ?? file, C: '1.0', accepted: true }));
  victim.spawn({
    MLFLOW_TRACKING_URI: mlflowUrl,
    MLFLOW_WAIT_MS: '600000',
    MLFLOW_CALL_TIMEOUT_MS: '600000',
  });
  await victim.up();
  const startedAt = performance.now();
  await drained(victim.spoolDir);
  const seconds = (performance.now() - startedAt) / MS_PER_S;
  say(`load: drained in ${seconds.toFixed(0)} s`);
  const reference = await postTraining(victim.url, form);
  const { experiment_id: experimentId } = await experimentOf(mlflowUrl, experimentName);
  const census = await takeCensus(mlflowUrl, experimentId);
  const whole = census.runs.find(({ runId }) => runId === reference?.body.run.id);
  if (whole === undefined) throw new Error(`The training has no run: ${JSON.stringify(reference)}`);
  const drainedRuns = { ...census, runs: census.runs.filter((run) => run !== whole) };
  const verdict = judge(drainedRuns, offered, new Map([['1.0', whole.content]]), REQUEST_ID_TAG);
  return {
    what: `${count} of them then drained into a real MLflow`,
    figure: `${drainedRuns.runs.length} runs of ${offered.length}: ${verdict.lost} lost, ${verdict.doubled} doubled, ${verdict.incomplete} incomplete`,
    bar: 'each once, whole',
    passed: offered.length === count && isClean(verdict) && drainedRuns.runs.length === count,
    details: [`In ${seconds.toFixed(0)} s.`, ...verdict.examples],
  };
}
