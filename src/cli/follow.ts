import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, type JobAnswer, ProblemError, type Trainpost } from '../client.ts';
import { Interrupted } from './io.ts';
import type { Progress } from './progress.ts';

const ASK_MS = 100;

interface FollowOptions {
  readonly progress: Progress;
  readonly interrupted: AbortSignal;
  /** Seconds to wait for MLflow once the job is accepted. */
  readonly waitS: number;
}

/**
 * Shows a job until it has ended, or until MLflow has not taken its run in time.
 * @throws Interrupted on Ctrl-C, after the job is cancelled
 */
export async function follow(
  client: Trainpost,
  job: JobAnswer,
  { progress, interrupted, waitS }: FollowOptions,
): Promise<JobAnswer> {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let last = job;
  try {
    progress.show(job);
    if (hasEnded(job)) return job;
    for await (const one of client.watch(job.id, { signal: AbortSignal.any([interrupted, late.signal]) })) {
      last = one;
      progress.show(one);
      if (one.state === 'logging') timer ??= setTimeout(() => late.abort(), waitS * 1_000);
    }
    return last;
  } catch (error) {
    if (interrupted.aborted) return await cancelled(client, job.id, progress);
    if (late.signal.aborted) return await accepted(client, job.id, interrupted);
    throw error;
  } finally {
    clearTimeout(timer);
    progress.end();
  }
}

/** Asks for a job whose run is being accepted: the event of that state may be older than the answer. */
async function accepted(client: Trainpost, id: string, signal: AbortSignal): Promise<JobAnswer> {
  for (;;) {
    const job = await client.job(id);
    if (job.answer !== undefined || hasEnded(job)) return job;
    await sleep(ASK_MS, undefined, { signal });
  }
}

/** Cancels a job after Ctrl-C. A job that has ended or is accepted stays as it is. */
async function cancelled(client: Trainpost, id: string, progress: Progress): Promise<never> {
  try {
    await client.cancel(id);
    progress.say(`The job ${id} is cancelled.`);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    progress.say(error.message);
  }
  throw new Interrupted();
}
