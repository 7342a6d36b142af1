import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Held, heldBy, type Victim } from '../../test/support/victim.ts';

/** A request releases what it holds within seconds. What is held for longer is never released. */
const SETTLE_MS_MAX = 60_000;
const POLL_MS = 100;
/** Without `before`, the service is at rest if nothing has changed for this time. */
const LEVEL_MS = 1_000;

/**
 * What the service holds once nothing is under way: no more than `before`, where that is given; or after a while what it
 * holds all the same.
 */
export async function atRest({ pid, tempDir }: Victim, before?: Held): Promise<Held> {
  const deadlineMs = Date.now() + SETTLE_MS_MAX;
  for (let last = heldBy(pid); ; ) {
    await sleep(before === undefined ? LEVEL_MS : POLL_MS);
    const held = heldBy(pid);
    const isLevel =
      before === undefined
        ? held.descriptors === last.descriptors && held.threads === last.threads
        : held.descriptors <= before.descriptors && held.threads === before.threads;
    if (Date.now() > deadlineMs || (isLevel && readdirSync(tempDir).length === 0)) return held;
    last = held;
  }
}
