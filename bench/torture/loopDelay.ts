import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** Delays of timers, in milliseconds after the time at which they were due. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const POLL_MS = 20;
const WAIT_MS_MAX = 300_000;

/** The environment for a service whose event loop is to be measured. */
export function loopDelayEnv(path: string): Record<string, string> {
  const preload = pathToFileURL(join(import.meta.dirname, 'loopDelay.mjs'));
  return { NODE_OPTIONS: `--import ${preload}`, LOOP_DELAY_FILE: path };
}

/** Asks for the delays since the last call. */
export async function loopDelayOf(pid: number, path: string): Promise<LoopDelay> {
  const deadlineMs = Date.now() + WAIT_MS_MAX;
  process.kill(pid, 'SIGUSR2');
  while (!existsSync(path)) {
    if (Date.now() > deadlineMs) throw new Error('The service did not write the delay of its event loop.');
    await sleep(POLL_MS);
  }
  const found = JSON.parse(readFileSync(path, 'utf8')) as LoopDelay;
  unlinkSync(path);
  return found;
}
