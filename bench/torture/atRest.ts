import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Held, heldBy, type Victim } from '../../test/support/victim.ts';

/** A request releases everything that it holds within seconds. Everything that is held for longer is never released. */
const SETTLE_MS_MAX = 60_000;
const POLL_MS = 100;
/** Without numbers to compare with, the service is at rest if nothing has changed for this time. */
const LEVEL_MS = 1_000;

/**
 * Waits until nothing is under way, and returns what the service holds. If `before` is given, waits until the service
 * holds no more than that. After `SETTLE_MS_MAX`, returns what the service still holds.
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
