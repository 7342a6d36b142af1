import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, UnavailableError } from '../errors.ts';
import { identityOf, isRunning, type ProcessIdentity } from '../system/processIdentity.mjs';
import { closing, removeQuietly, writeAll } from './durable.ts';
import type { SpoolFiles } from './files.ts';
import type { Layout } from './layout.ts';

export interface Pace {
  /** Time from one heartbeat to the next. */
  readonly beatMs: number;
  /** A holder that cannot be asked about is dead when it has not moved for so long. */
  readonly staleMs: number;
}

/** Five heartbeats may fail to come; a start after a power cut waits no longer than that. */
const PACE: Pace = { beatMs: 3_000, staleMs: 15_000 };
/** Each try that fails has met another process that came first; more than one or two is a disk that misbehaves. */
const TRIES_MAX = 10;
const CLAIM = /^claim-(\d{1,15})$/;

interface Holder extends ProcessIdentity {
  readonly host: string;
  /** Where numbers of processes mean the same: a boot of a machine, and in it a container. */
  readonly realm: string;
  /** Given back; its process may go on. */
  readonly isReleased?: true;
}

/**
 * The right of one process to a spool's folder. Claims are numbered, and the highest is the one that counts. Whoever
 * finds it given back or its holder dead makes the next one, as a hard link, which only one can make of a number. The
 * highest is never removed, not even when it is given back: numbers only go up, so nobody who looked earlier can make
 * one that counts. On this machine the system says whether a holder lives; of one elsewhere its heartbeat does, which
 * is the time of its claim's file.
 */
export class Claim {
  readonly #files: SpoolFiles;
  readonly #layout: Layout;
  readonly #number: number;
  readonly #pace: Pace;
  readonly #timer: NodeJS.Timeout;
  #checkedAtMs = Date.now();
  #isLost = false;

  private constructor(files: SpoolFiles, layout: Layout, number: number, pace: Pace) {
    this.#files = files;
    this.#layout = layout;
    this.#number = number;
    this.#pace = pace;
    this.#timer = setInterval(() => void this.#beat().catch(() => undefined), pace.beatMs).unref();
  }

  /** @throws ConfigError `spool_in_use` */
  static async take(files: SpoolFiles, layout: Layout, pace = PACE): Promise<Claim> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const newest = await newestNumber(files, layout);
      if (newest > 0) await checkFree(files, layout, pathOf(layout, newest), pace);
      const number = newest + 1;
      if (!(await made(files, layout, number))) continue;
      if ((await newestNumber(files, layout)) !== number) {
        // Others took and gave back in the meantime, and the number had become free again.
        await files.remove(pathOf(layout, number));
        continue;
      }
      await removeOlder(files, layout, number);
      return new Claim(files, layout, number, pace);
    }
    throw new ConfigError('spool_in_use', `SPOOL_DIR=${layout.root} is claimed by others again and again.`);
  }

  /**
   * Asks after the claim where that was long ago: this process may have been asleep, and have been taken for dead.
   * @throws UnavailableError `spool_lost`
   */
  async check(): Promise<void> {
    if (!this.#isLost && Math.abs(Date.now() - this.#checkedAtMs) > this.#pace.staleMs / 2)
      await this.#beat();
    if (!this.#isLost) return;
    throw new UnavailableError(
      'spool_lost',
      `Another process has taken over SPOOL_DIR=${this.#layout.root}: this one has to be started again.`,
    );
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#isLost) return;
    const temporary = join(this.#layout.incoming, randomUUID());
    try {
      await write(this.#files, temporary, { ...self(), isReleased: true });
      await this.#files.rename(temporary, pathOf(this.#layout, this.#number));
    } catch {
      // Then the end of this process gives it back.
      await removeQuietly(this.#files, temporary);
    }
  }

  async #beat(): Promise<void> {
    const isThere = await this.#files.touch(pathOf(this.#layout, this.#number), Date.now());
    const newest = await newestNumber(this.#files, this.#layout);
    this.#checkedAtMs = Date.now();
    if (isThere && newest === this.#number) return;
    this.#isLost = true;
    clearInterval(this.#timer);
  }
}

async function checkFree(files: SpoolFiles, layout: Layout, path: string, pace: Pace): Promise<void> {
  const holder = await read(files, path);
  if (holder?.isReleased) return;
  const me = self();
  const canAsk =
    holder !== undefined && holder.realm === me.realm && holder.started !== '' && me.started !== '';
  if (!(canAsk ? isRunning(holder) : await beats(files, path, pace))) return;
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  throw new ConfigError(
    'spool_in_use',
    `SPOOL_DIR=${layout.root} is in use by ${who}: give this one a folder of its own, or end that one`,
  );
}

/** Whether a claim's time changes. Nothing is compared with a clock of this machine, for another may be ahead of it. */
async function beats(files: SpoolFiles, path: string, { beatMs, staleMs }: Pace): Promise<boolean> {
  const before = await files.modifiedAtMs(path);
  if (before === undefined) return false;
  for (let waitedMs = 0; waitedMs < staleMs; waitedMs += beatMs) {
    await sleep(beatMs);
    if ((await files.modifiedAtMs(path)) !== before) return true;
  }
  return false;
}

/** Makes the claim of a number, whole at once; false where another one has made it. */
async function made(files: SpoolFiles, layout: Layout, number: number): Promise<boolean> {
  const temporary = join(layout.incoming, randomUUID());
  try {
    await write(files, temporary, self());
    await files.link(temporary, pathOf(layout, number));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ENOENT: the one that came first has cleared the folder of what it takes for left behind.
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  } finally {
    await removeQuietly(files, temporary);
  }
}

async function write(files: SpoolFiles, path: string, holder: Holder): Promise<void> {
  const file = await files.open(path, 'new');
  await closing(file, () => writeAll(file, Buffer.from(JSON.stringify(holder)), 0));
}

/** Undefined where a power cut has left no content. */
async function read(files: SpoolFiles, path: string): Promise<Holder | undefined> {
  const bytes = await files.read(path);
  try {
    return bytes && (JSON.parse(bytes.toString()) as Holder);
  } catch {
    return undefined;
  }
}

async function removeOlder(files: SpoolFiles, layout: Layout, number: number): Promise<void> {
  for await (const other of claimNumbers(files, layout)) {
    if (other < number) await files.remove(pathOf(layout, other));
  }
}

async function newestNumber(files: SpoolFiles, layout: Layout): Promise<number> {
  let newest = 0;
  for await (const number of claimNumbers(files, layout)) newest = Math.max(newest, number);
  return newest;
}

async function* claimNumbers(files: SpoolFiles, layout: Layout): AsyncGenerator<number> {
  for await (const name of files.names(layout.root)) {
    const number = CLAIM.exec(name)?.[1];
    if (number !== undefined) yield Number(number);
  }
}

function pathOf(layout: Layout, number: number): string {
  return join(layout.root, `claim-${number}`);
}

function self(): Holder {
  const mark = identityOf(process.pid) ?? { pid: process.pid, started: '' };
  return { ...mark, host: hostname(), realm: realm() };
}

function realm(): string {
  if (process.platform !== 'linux') return hostname();
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${hostname()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // Compared with nothing: heartbeats alone count then.
    return `${hostname()} ${randomUUID()}`;
  }
}
