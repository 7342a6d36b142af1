import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The remaining deliveries take a minute or two after the last process was killed. */
const DRAIN_MS_MAX = 15 * 60_000;
const DRAIN_POLL_MS = 250;

/** The number of accepted records that are not delivered, and of jobs that have not ended. */
export function pendingIn(spoolDir: string): number {
  const jobs = join(spoolDir, 'jobs');
  const open = existsSync(jobs)
    ? readdirSync(jobs).filter((job) => existsSync(join(jobs, job, 'train')))
    : [];
  return readdirSync(join(spoolDir, 'pending')).length + open.length;
}

/** Waits until everything is delivered, but at most 15 minutes. The census then shows what is missing. */
export async function drained(spoolDir: string): Promise<void> {
  const deadlineMs = Date.now() + DRAIN_MS_MAX;
  while (pendingIn(spoolDir) > 0 && Date.now() < deadlineMs) await sleep(DRAIN_POLL_MS);
}
