import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '../src/jobs/job.ts';
import { startTestService, type TestService } from '../test/support/service.ts';
import { post } from './postForm.ts';
import { quantile, table } from './statistics.ts';

const STREAMS = 32;
const STEPS = Number(process.env['EVENTS_STEPS'] || 300);
/** Steps come oftener than a stream sends progress, as those of real work do. */
const STEP_MS = 50;

/**
 * Times how soon a step of a job arrives at 32 clients of another process. Meanwhile small trainings follow each other, so
 * that the event loop has work. A step that a later step overtakes is no event of its own, and is not counted.
 */
export async function events(): Promise<string> {
  const service = await startTestService();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  try {
    const steppedAt = new Map<number, number>();
    let clients: ChildProcess | undefined;
    const arrivals: [step: number, at: number][] = [];
    const training = new AbortController();
    await service.jobs.follow('train', async (job: Job) => {
      job.watch.enter('fitting', STEPS);
      clients = openStreams(`${service.url}/jobs/${job.id}/events`, (arrival) => arrivals.push(arrival));
      await allOpen(clients);
      const trained = trainOn(service, training.signal);
      delay.enable();
      for (let step = 1; step <= STEPS; step++) {
        await sleep(STEP_MS);
        job.watch.step();
        steppedAt.set(step, performance.timeOrigin + performance.now());
      }
      delay.disable();
      training.abort();
      await trained;
    });
    await once(clients!, 'exit');
    const waits = arrivals
      .filter(([step]) => steppedAt.has(step))
      .map(([step, at]) => at - steppedAt.get(step)!);
    return report(waits, delay.percentile(99) / 1e6, (STEPS * STEP_MS) / 1_000);
  } finally {
    await service.close();
  }
}

function openStreams(url: string, arrived: (arrival: [number, number]) => void): ChildProcess {
  const child = fork(join(import.meta.dirname, 'eventClients.mjs'), [url, String(STREAMS)], { execArgv: [] });
  child.on('message', (message) => {
    if (Array.isArray(message)) arrived(message as [number, number]);
  });
  return child;
}

function allOpen(child: ChildProcess): Promise<void> {
  let open = 0;
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (message === 'open' && ++open === STREAMS) resolve();
    });
  });
}

/** Posts one small training after the other. */
async function trainOn({ url }: TestService, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await post(url);
}

function report(waits: readonly number[], loopP99Ms: number, seconds: number): string {
  const ms = (value: number) => value.toFixed(1);
  const row = [
    ms(quantile(waits, 0.5)),
    ms(quantile(waits, 0.99)),
    ms(loopP99Ms),
    (waits.length / seconds).toFixed(0),
    String(waits.length),
  ];
  return [
    `${STREAMS} streams, a step each ${STEP_MS} ms, Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model}):`,
    '',
    table(['cause to client, p50 ms', 'p99 ms', 'event loop p99 ms', 'events/s', 'n'], [row]),
  ].join('\n');
}
