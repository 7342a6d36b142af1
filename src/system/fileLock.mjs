import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { NumberedFiles } from './numberedFiles.mjs';
import { plainFiles } from './plainFiles.mjs';
import { isPidInUse, isRunning, ownIdentity, pidSpace } from './processIdentity.mjs';

/**
 * @typedef {import('./plainFiles.mjs').PlainFiles} PlainFiles
 * @typedef {import('./numberedFiles.mjs').Holder} Holder
 * @typedef {import('./numberedFiles.mjs').Found} Found
 */

/**
 * @typedef {object} Heartbeat
 * @property {number} beatMs Time from one heartbeat to the next.
 * @property {number} staleMs A holder whose process cannot be looked up is dead after this time without a heartbeat.
 */

/**
 * @typedef {object} LockOptions
 * @property {PlainFiles} [files] The file operations; a test replaces them.
 * @property {Heartbeat} [heartbeat]
 * @property {AbortSignal} [signal] Ends the wait for the lock.
 */

/**
 * @typedef {object} WaitOptions
 * @property {number} waitMaxMs
 * @property {(heldBy: string) => void} [onWait] Called once if the lock is held.
 */

/** Five heartbeats may be missing. A start after a power cut waits no longer than that. */
const HEARTBEAT = { beatMs: 3_000, staleMs: 15_000 };
/** Time between two tries to take a lock that is held. */
const POLL_MS = 200;
/** A try fails if another process was faster. More than two such tries mean that the disk misbehaves. */
const TRIES_MAX = 10;

/** Another process, or another call in this process, holds the lock. */
export class LockHeldError extends Error {
  /**
   * @param {string} path
   * @param {string} heldBy
   * @param {string} [waited] How long the caller has waited.
   */
  constructor(path, heldBy, waited) {
    const held = waited === undefined ? `is held by ${heldBy}` : `has been held by ${heldBy} for ${waited}`;
    super(`The lock ${path} ${held}: end that process, then start again.`);
    this.name = 'LockHeldError';
    /** The holder in words, such as `process 17 on host-a`. */
    this.heldBy = heldBy;
  }
}

/**
 * A lock between processes, made of files: `<path>-1`, `<path>-2` and so on. The highest number counts.
 *
 * A process takes the lock if the holder of the highest number has released it or is dead. The process links a file with
 * the next number, and only one process can link a number. But a process that looked long ago may link a number that
 * existed before. Each process therefore looks again after its link. The process holds the lock if its number is the
 * highest and the file is still its own. Three rules make the second look reliable, even if files come and go while a
 * folder is read:
 * 1. The highest number is never removed, not even by a release. Numbers only go up.
 * 2. Only a holder removes files: the lower numbers, the lowest first.
 * 3. A process looks at its own file after it has looked at the folder.
 *
 * The system says whether a holder on the same machine is alive. A holder on another machine, in another container or on
 * Windows touches its file every few seconds while it is alive.
 */
export class FileLock {
  /** @type {NumberedFiles} */
  #files;
  /** @type {number} */
  #number;
  /** @type {Holder} */
  #holder;
  /** @type {Heartbeat} */
  #heartbeat;
  /** @type {NodeJS.Timeout} */
  #timer;
  #checkedAtMs = Date.now();
  #isLost = false;

  /**
   * @private
   * @param {NumberedFiles} files
   * @param {number} number
   * @param {Holder} holder
   * @param {Heartbeat} heartbeat
   */
  constructor(files, number, holder, heartbeat) {
    this.#files = files;
    this.#number = number;
    this.#holder = holder;
    this.#heartbeat = heartbeat;
    this.#timer = setInterval(() => void this.#beat().catch(() => undefined), heartbeat.beatMs).unref();
  }

  /**
   * Takes a lock now or not at all. Takes over the lock of a dead process.
   *
   * @param {string} path Start of the names of the lock's files; the folder must exist.
   * @param {LockOptions} [options]
   * @returns {Promise<FileLock>}
   * @throws {LockHeldError}
   */
  static async take(path, { files = plainFiles, heartbeat = HEARTBEAT, signal } = {}) {
    const numbered = new NumberedFiles(files, path);
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const newest = newestOf(await numbered.find());
      const heldBy = newest > 0 && (await holderInTheWay(numbered, newest, heartbeat, signal));
      if (heldBy) throw new LockHeldError(path, heldBy);
      const holder = newHolder();
      if (!(await numbered.make(newest + 1, holder))) continue;
      const lock = new FileLock(numbered, newest + 1, holder, heartbeat);
      if (await lock.#isConfirmed()) return lock;
    }
    throw new LockHeldError(path, 'other processes, one after another');
  }

  /**
   * Whether this process still holds the lock. Looks at the disk only if the last heartbeat is long ago: this process may
   * have been suspended, and a process on another machine may have taken the lock over.
   *
   * @returns {Promise<boolean>}
   */
  async isHeld() {
    const sinceMs = Math.abs(Date.now() - this.#checkedAtMs);
    if (!this.#isLost && sinceMs > this.#heartbeat.staleMs / 2) await this.#beat();
    return !this.#isLost;
  }

  /**
   * Gives the lock back. Never rejects: if the disk fails, the lock is free when this process ends.
   *
   * @returns {Promise<void>}
   */
  async release() {
    clearInterval(this.#timer);
    if (this.#isLost) return;
    await this.#files.overwrite(this.#number, { ...this.#holder, isReleased: true }).catch(() => undefined);
  }

  /** The second look. Releases the number if it does not count, or if the disk fails. */
  async #isConfirmed() {
    let isOwn = false;
    try {
      const found = await this.#files.find();
      const holder = await this.#files.read(this.#number);
      isOwn = newestOf(found) === this.#number && holder?.key === this.#holder.key;
      if (isOwn) await this.#files.removeBelow(this.#number, found);
    } finally {
      if (!isOwn) await this.release();
    }
    return isOwn;
  }

  async #beat() {
    const isThere = await this.#files.touch(this.#number);
    const newest = newestOf(await this.#files.find());
    this.#checkedAtMs = Date.now();
    if (isThere && newest === this.#number) return;
    this.#isLost = true;
    clearInterval(this.#timer);
  }
}

/**
 * Does a piece of work while no other process, and no other call in this process, works under the same lock.
 *
 * @template T
 * @param {string} path Start of the names of the lock's files; the folder must exist.
 * @param {LockOptions & WaitOptions} options
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 * @throws {LockHeldError} if the lock is still held after `waitMaxMs`
 */
export async function withLock(path, options, work) {
  const lock = await waitForLock(path, options);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/**
 * @param {string} path
 * @param {LockOptions & WaitOptions} options
 */
async function waitForLock(path, { waitMaxMs, onWait, ...options }) {
  const startMs = performance.now();
  for (let isFirst = true; ; isFirst = false) {
    options.signal?.throwIfAborted();
    try {
      return await FileLock.take(path, options);
    } catch (error) {
      if (!(error instanceof LockHeldError)) throw error;
      const waitedMs = performance.now() - startMs;
      if (waitedMs >= waitMaxMs) throw new LockHeldError(path, error.heldBy, duration(waitedMs));
      if (isFirst) onWait?.(error.heldBy);
    }
    await sleep(POLL_MS, undefined, options);
  }
}

/** @param {number} ms */
function duration(ms) {
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} minutes`;
}

/**
 * The highest number; 0 if there is none.
 *
 * @param {Found} found
 */
function newestOf({ numbers }) {
  return Math.max(0, ...numbers);
}

/** @returns {Holder} */
function newHolder() {
  return { ...ownIdentity(), host: hostname(), pidSpace: pidSpace(), key: randomUUID() };
}

/**
 * The holder of a number in words; undefined if the holder has released the lock or is dead.
 *
 * @param {NumberedFiles} files
 * @param {number} number
 * @param {Heartbeat} heartbeat
 * @param {AbortSignal} [signal]
 */
async function holderInTheWay(files, number, heartbeat, signal) {
  const holder = await files.read(number);
  if (holder?.isReleased) return undefined;
  const state = stateOf(holder);
  if (state === 'ended') return undefined;
  if (state === 'unknown' && !(await beats(files, number, heartbeat, signal))) return undefined;
  return holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
}

/**
 * @param {Holder | undefined} holder
 * @returns {'running' | 'ended' | 'unknown'}
 */
function stateOf(holder) {
  if (holder === undefined || holder.pidSpace !== pidSpace()) return 'unknown';
  if (holder.started !== '' && ownIdentity().started !== '') return isRunning(holder) ? 'running' : 'ended';
  return isPidInUse(holder.pid) ? 'unknown' : 'ended';
}

/**
 * Whether the time of a number's file changes. No time is compared with the clock of this machine: the clock of the
 * holder's machine may be ahead.
 *
 * @param {NumberedFiles} files
 * @param {number} number
 * @param {Heartbeat} heartbeat
 * @param {AbortSignal} [signal]
 */
async function beats(files, number, { beatMs, staleMs }, signal) {
  const before = await files.modifiedAtMs(number);
  if (before === undefined) return false;
  for (let waitedMs = 0; waitedMs < staleMs; waitedMs += beatMs) {
    await sleep(beatMs, undefined, { signal });
    if ((await files.modifiedAtMs(number)) !== before) return true;
  }
  return false;
}
