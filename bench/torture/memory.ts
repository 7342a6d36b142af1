import { join } from 'node:path';
import { Pool } from 'undici';
import { postTraining } from '../../test/support/trainer.ts';
import { trainForm } from '../../test/support/trainForm.ts';
import { heldBy, Victim } from '../../test/support/victim.ts';
import { JsonLines } from '../jsonLines.ts';
import { median } from '../statistics.ts';
import { atRest } from './atRest.ts';
import { DIABETES } from './callers.ts';
import type { Row, Stage } from './row.ts';

export interface MemoryOptions extends Stage {
  readonly trainings: number;
  /** Limit of the median in the last quarter, divided by the median in the third. */
  readonly growthMax: number;
}

const CALLERS = 4;
/** Trainings before the measurement. By then, all connections and lazy modules are there. */
const WARM_UP = 40;
const SAMPLES = 200;
/** Short, so that rechecks run during the trainings, as in a service that has run for a long time. */
const RECHECK_MS = 2_000;
const MEGABYTE = 1e6;
const SAY_EVERY = 2_000;

/** Runs many trainings in one process, and checks that its memory does not grow. A stand-in for MLflow takes the runs. */
export async function memory(options: MemoryOptions): Promise<Row> {
  const { dir, trainings, growthMax } = options;
  const tsx = import.meta.resolve('tsx');
  const standIn = new JsonLines(process.execPath, [
    ...['--import', tsx],
    join(import.meta.dirname, 'standInProcess.ts'),
  ]);
  try {
    const { url } = await standIn.ask<{ url: string }>('url');
    await using victim = await Victim.start({
      dir,
      env: {
        MLFLOW_TRACKING_URI: url,
        DELIVERY_RECHECK_MS: String(RECHECK_MS),
        // The service answers each training with 200, however slow the machine is.
        MLFLOW_WAIT_MS: '600000',
      },
    });
    const warmUp = await train(victim, { ...options, trainings: WARM_UP });
    const before = await atRest(victim);
    const startedAt = performance.now();
    const { residentBytes, failed } = await train(victim, options);
    const perS = trainings / ((performance.now() - startedAt) / 1000);
    const after = await atRest(victim, before);
    const { finished } = await standIn.ask<{ finished: number }>('finished');
    const quarters = [0, 0.25, 0.5, 0.75].map((from) => {
      const [first, end] = [from, from + 0.25].map((share) => Math.floor(residentBytes.length * share));
      return median(residentBytes.slice(first, end));
    });
    const [third = 0, last = 0] = quarters.slice(-2);
    const descriptors = after.descriptors - before.descriptors;
    const threads = after.threads - before.threads;
    const isLevel = last / third <= growthMax && descriptors <= 0 && threads <= 0;
    const megabytes = (bytes: number) => (bytes / MEGABYTE).toFixed(0);
    const failures = warmUp.failed + failed;
    return {
      what: `${trainings.toLocaleString('en')} trainings in one process, against a stand-in for MLflow`,
      figure: `${megabytes(third)} MB in the third quarter, ${megabytes(last)} MB in the last (${(last / third).toFixed(3)} times); at rest ${descriptors} descriptors and ${threads} threads more; ${finished} runs`,
      bar: `at most ${growthMax} times, no descriptor more`,
      passed: isLevel && failures === 0 && finished === WARM_UP + trainings && victim.deaths === 0,
      details: [
        `${perS.toFixed(0)} trainings/s. Medians of resident memory: ${quarters.map(megabytes).join(', ')} MB by quarters. ${failures} trainings were not answered with 200.`,
      ],
    };
  } finally {
    await standIn.stop();
  }
}

/** Posts trainings. Returns samples of the process's memory at equal distances. */
async function train(
  victim: Victim,
  { trainings, say }: MemoryOptions,
): Promise<{ residentBytes: number[]; failed: number }> {
  const dispatcher = new Pool(victim.url, { connections: CALLERS });
  const form = trainForm({ tol: '1.0', iterations: '100', exp_name: 'Memory' }, DIABETES);
  const sampleEvery = Math.max(1, Math.floor(trainings / SAMPLES));
  const residentBytes: number[] = [];
  let begun = 0;
  let failed = 0;
  const call = async () => {
    while (begun < trainings) {
      begun += 1;
      if (begun % sampleEvery === 0) residentBytes.push(heldBy(victim.pid).residentBytes);
      if (begun % SAY_EVERY === 0) say(`memory: ${begun} of ${trainings}`);
      if ((await postTraining(victim.url, form, { dispatcher }))?.status !== 200) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  await dispatcher.close();
  return { residentBytes, failed };
}
