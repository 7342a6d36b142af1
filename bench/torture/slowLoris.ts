import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { silentServer } from '../../test/support/silentServer.ts';
import { isAccepted, postTraining } from '../../test/support/trainer.ts';
import { trainForm } from '../../test/support/trainForm.ts';
import { Victim } from '../../test/support/victim.ts';
import { Random } from '../random.ts';
import { quantile } from '../statistics.ts';
import { DIABETES } from './callers.ts';
import type { Row, Stage } from './row.ts';
import { SlowConnections } from './slowConnections.ts';

export interface SlowLorisOptions extends Stage {
  readonly connections: number;
  /** Each round measures once without the slow connections, and once with them. */
  readonly rounds: number;
  readonly secondsARound: number;
  /** Limit of the healthy clients' 99 % quantile beside the slow connections, divided by the quantile without them. */
  readonly timesMax: number;
  /** Share of the healthy requests that may be refused. The service takes a moment to see that a slot is held in vain. */
  readonly refusedMax: number;
}

const CALLERS = 3;
/** Long enough that the service is far from its limit, so that the measurement is not that of a queue. */
const PAUSE_MS_MAX = 120;
const WARM_UP_S = 3;
const MS_PER_S = 1_000;
/** Time in which all slow connections are opened before the measurement. */
const SETTLE_MS = 1_500;

interface Healthy {
  readonly ms: number[];
  /** Codes of the answers that did not accept a training. */
  readonly refused: string[];
}

/** Measures how much slow connections delay clients with ordinary connections. */
export async function slowLoris(options: SlowLorisOptions): Promise<Row> {
  const { dir, seed, connections, rounds, secondsARound, timesMax, refusedMax, say } = options;
  const random = new Random(seed);
  await using mlflow = await silentServer();
  await using victim = await Victim.start({
    dir,
    env: {
      MLFLOW_TRACKING_URI: mlflow.url,
      MLFLOW_WAIT_MS: '0',
      SPOOL_RECORDS_MAX: '100000',
      SHUTDOWN_GRACE_MS: '1000',
      LOG_LEVEL: 'silent',
    },
  });
  const fields = { tol: '1.0', iterations: '100', exp_name: 'Slow' };
  const form = trainForm(fields, DIABETES);
  const slowForm = trainForm({ ...fields, dry_run: 'true' }, DIABETES);
  const draw = () => random.uniform();
  const [without, beside]: [Healthy, Healthy] = [
    { ms: [], refused: [] },
    { ms: [], refused: [] },
  ];
  await measure(victim.url, form, WARM_UP_S, draw, { ms: [], refused: [] });
  let opened = 0;
  for (let round = 1; round <= rounds; round += 1) {
    await measure(victim.url, form, secondsARound, draw, without);
    const slow = new SlowConnections(victim.url, slowForm, connections, draw);
    await sleep(SETTLE_MS);
    await measure(victim.url, form, secondsARound, draw, beside);
    slow.end();
    opened += slow.opened;
    say(`slowLoris: round ${round} of ${rounds}`);
    await sleep(SETTLE_MS);
  }
  const [p99Without, p99Beside] = [quantile(without.ms, 0.99), quantile(beside.ms, 0.99)];
  const refused = [...without.refused, ...beside.refused];
  return {
    what: `${connections} slow-loris connections beside healthy ones`,
    figure: `p99 of the healthy ones ${p99Beside.toFixed(1)} ms, and ${p99Without.toFixed(1)} ms without slow-loris connections: ${(p99Beside / p99Without).toFixed(2)} times; ${refused.length} of ${beside.ms.length + without.ms.length} refused`,
    bar: `less than ${timesMax} times, at most ${refusedMax * 100} % refused`,
    passed:
      p99Beside < timesMax * p99Without &&
      refused.length <= refusedMax * (without.ms.length + beside.ms.length) &&
      victim.deaths === 0,
    details: [
      `Medians ${quantile(beside.ms, 0.5).toFixed(1)} and ${quantile(without.ms, 0.5).toFixed(1)} ms. A quarter of the slow-loris connections is slow in the head, a quarter in a field, a quarter in the file, and a quarter reads no answers. ${opened} were opened in ${rounds} rounds.${refused.length > 0 ? ` Refused: ${[...new Set(refused)].join(', ')}.` : ''}`,
    ],
  };
}

/** Lets clients post for some seconds, with random pauses between two trainings. */
async function measure(
  url: string,
  form: ReturnType<typeof trainForm>,
  seconds: number,
  random: () => number,
  healthy: Healthy,
): Promise<void> {
  const dispatcher = new Pool(url, { connections: CALLERS });
  const endsAt = performance.now() + seconds * MS_PER_S;
  const call = async () => {
    while (performance.now() < endsAt) {
      const startedAt = performance.now();
      const answered = await postTraining(url, form, { dispatcher });
      healthy.ms.push(performance.now() - startedAt);
      if (!isAccepted(answered)) healthy.refused.push(answered?.body?.code ?? 'no answer');
      await sleep(PAUSE_MS_MAX * random());
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  await dispatcher.close();
}
