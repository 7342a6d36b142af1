import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a group may take to end by itself after SIGTERM: uvicorn and gunicorn end in well under a second. */
const TERM_TIMEOUT_MS = 5_000;
/** How long the kernel may take to clear away a group after SIGKILL. */
const KILL_TIMEOUT_MS = 2_000;
const POLL_MS = 25;

/**
 * Ends a process and all that it started (`pid` leads a group of its own): SIGTERM, after five seconds SIGKILL.
 * The whole group, because MLflow 2 leaves its gunicorn behind when it is ended alone.
 */
export async function stopGroup(pid: number): Promise<void> {
  if (!signalGroup(pid, 'SIGTERM')) return;
  if (await groupGone(pid, TERM_TIMEOUT_MS)) return;
  signalGroup(pid, 'SIGKILL');
  await groupGone(pid, KILL_TIMEOUT_MS);
}

/** Sends a signal to a group; false when nobody is left in it. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    if (process.platform === 'win32') endTreeOnWindows(pid, signal);
    else process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

async function groupGone(pid: number, timeoutMs: number): Promise<boolean> {
  const deadlineMs = Date.now() + timeoutMs;
  while (signalGroup(pid, 0)) {
    if (Date.now() > deadlineMs) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** Windows knows neither groups nor SIGTERM; taskkill ends the tree, and fails when there is none. */
function endTreeOnWindows(pid: number, signal: NodeJS.Signals | 0): void {
  if (signal === 0) process.kill(pid, 0);
  else execFileSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
}
