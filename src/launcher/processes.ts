import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Time that a group has to end after SIGTERM. uvicorn and gunicorn end in well under a second. */
const TERM_TIMEOUT_MS = 5_000;
/** Time that the kernel has to end a group after SIGKILL. */
const KILL_TIMEOUT_MS = 2_000;
const POLL_MS = 25;

/**
 * Ends a process group by SIGTERM, and after five seconds by SIGKILL. The signal goes to the whole group, because MLflow 2
 * leaves its gunicorn behind if only its leader is ended.
 *
 * @param pid the leader of the group
 */
export async function stopGroup(pid: number): Promise<void> {
  if (!signalGroup(pid, 'SIGTERM')) return;
  if (await groupGone(pid, TERM_TIMEOUT_MS)) return;
  signalGroup(pid, 'SIGKILL');
  await groupGone(pid, KILL_TIMEOUT_MS);
}

/** Sends a signal to a group; false if no process is left in the group. */
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

/** Ends a process and its children. Windows has neither groups nor SIGTERM; taskkill fails if the process has ended. */
function endTreeOnWindows(pid: number, signal: NodeJS.Signals | 0): void {
  if (signal === 0) process.kill(pid, 0);
  else execFileSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
}
