import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is left of deliveries when the last process has been killed takes a minute or two. */
const DRAIN_MS_MAX = 15 * 60_000;
const DRAIN_POLL_MS = 250;

/** Records that are accepted and not delivered. */
export const pendingIn = (spoolDir: string) => readdirSync(join(spoolDir, 'pending')).length;

/** Waits until everything is delivered, or for a quarter of an hour: then the census tells what is missing. */
export async function drained(spoolDir: string): Promise<void> {
  const deadlineMs = Date.now() + DRAIN_MS_MAX;
  while (pendingIn(spoolDir) > 0 && Date.now() < deadlineMs) await sleep(DRAIN_POLL_MS);
}
