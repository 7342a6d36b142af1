import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import { identityOf, isRunning, type ProcessIdentity } from '../system/processIdentity.mjs';

/** Longer than a first installation may take; who waits longer waits for something that hangs. */
const WAIT_MAX_MS = 20 * 60_000;
const POLL_MS = 200;
/** Two that take over a dead holder's lock write one after the other within microseconds: the last one has it. */
const SETTLE_MS = 200;

interface Holder extends ProcessIdentity {
  readonly key: string;
}

/**
 * Does a piece of work while no other process (and no other call in this one) does it under the same lock file.
 * The lock of a process that no longer runs is taken over.
 *
 * @param onWait called once when another one holds the lock.
 * @throws UnavailableError when the lock stays held for twenty minutes.
 */
export async function withLock<T>(
  path: string,
  onWait: (holder: ProcessIdentity) => void,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const release = await acquire(path, onWait, signal);
  try {
    return await work();
  } finally {
    release();
  }
}

async function acquire(
  path: string,
  onWait: (holder: ProcessIdentity) => void,
  signal: AbortSignal,
): Promise<() => void> {
  const key = crypto.randomUUID();
  const own = `${path}.${key}`;
  const mark = identityOf(process.pid) ?? { pid: process.pid, started: '' };
  const deadlineMs = Date.now() + WAIT_MAX_MS;
  let told = false;
  try {
    while (Date.now() < deadlineMs) {
      signal.throwIfAborted();
      writeFileSync(own, JSON.stringify({ ...mark, key } satisfies Holder));
      if (linked(own, path)) return () => releaseOwn(path, key);
      const holder = holderOf(path);
      if (holder && isRunning(holder)) {
        if (!told) onWait(holder);
        told = true;
        await sleep(POLL_MS, undefined, { signal });
      } else {
        renameSync(own, path);
        await sleep(SETTLE_MS, undefined, { signal });
        if (holderOf(path)?.key === key) return () => releaseOwn(path, key);
      }
    }
  } finally {
    rmSync(own, { force: true });
  }
  throw new UnavailableError('mlflow_setup_locked', `Another process has held ${path} for 20 minutes.`);
}

/** A hard link makes the lock together with its content, and fails when there is one. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function releaseOwn(path: string, key: string): void {
  if (holderOf(path)?.key === key) rmSync(path, { force: true });
}
