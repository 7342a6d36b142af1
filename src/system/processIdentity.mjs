import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names one process for good. The system reuses process ids, so the start time is part of the identity.
 *
 * @typedef {object} ProcessIdentity
 * @property {number} pid
 * @property {string} started Start time in the system's own format; empty if the system does not tell it.
 */

/** `ps` answers in milliseconds; two seconds allow for a machine that is busy. */
const PS_TIMEOUT_MS = 2_000;

/** @type {ProcessIdentity | undefined} */
let own;

/**
 * Identity of a running process; undefined if the process has ended, is a zombie, or the system does not answer.
 *
 * @param {number} pid
 * @returns {ProcessIdentity | undefined}
 */
export function identityOf(pid) {
  const started = process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  return started === undefined ? undefined : { pid, started };
}

/**
 * Identity of this process. Its start is empty on a system without `/proc` and `ps`, such as Windows.
 *
 * @returns {ProcessIdentity}
 */
export function ownIdentity() {
  own ??= identityOf(process.pid);
  return own ?? { pid: process.pid, started: '' };
}

/**
 * Whether the process with this identity still runs; false if another process has its pid now.
 *
 * @param {ProcessIdentity} identity
 */
export function isRunning(identity) {
  const now = identityOf(identity.pid);
  return now !== undefined && now.started === identity.started;
}

/**
 * Whether any process has this pid now. On every system, Windows included.
 *
 * @param {number} pid
 */
export function isPidInUse(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return /** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH';
  }
}

/**
 * Names the set of processes whose pids can be compared: one boot of one machine, and one container in it.
 *
 * @returns {string}
 */
export function pidSpace() {
  if (process.platform !== 'linux') return hostname();
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${hostname()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // Equal to no other pid space, so no pid is compared.
    return `${hostname()} ${randomUUID()}`;
  }
}

/**
 * Fields 3 (state) and 22 (start, in clock ticks since boot) of `stat`, proc(5). Field 2, the name, may hold spaces
 * and brackets.
 *
 * @param {number} pid
 */
function startOnLinux(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function startByPs(pid) {
  try {
    const line = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: PS_TIMEOUT_MS,
    });
    return line.trim() || undefined;
  } catch {
    return undefined;
  }
}
