import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { unusedPort } from './mlflowServer.ts';

const SERVER = join(import.meta.dirname, '../../dist/server.js');
/** A process takes 0.5 s until it answers, and 5 s on a busy machine. */
const UP_TIMEOUT_MS = 300_000;
const POLL_MS = 20;
/** Characters of the log that an error shows. */
const LAST_WORDS_CHARS = 2_000;

export interface VictimOptions {
  /** A folder for this service only: its spool, its uploads, and a log of all its processes. */
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  /** By default, the service that `npm run build` made. */
  readonly command?: readonly string[];
}

/**
 * The service in a separate process, which can be killed and started again at the same address. The process ends with the
 * process that started it.
 */
export class Victim implements AsyncDisposable {
  readonly url: string;
  readonly #options: VictimOptions;
  readonly #port: number;
  #child: ChildProcess | undefined;
  #endsByUs = false;
  #lives = 0;
  /** Number of processes that ended by themselves. */
  #deaths = 0;

  private constructor(options: VictimOptions, port: number) {
    this.#options = options;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Finds an address for the service, without starting it. */
  static async at(options: VictimOptions): Promise<Victim> {
    return new Victim(options, await unusedPort());
  }

  /** Starts the service and waits until it answers. */
  static async start(options: VictimOptions): Promise<Victim> {
    const victim = await Victim.at(options);
    victim.spawn();
    await victim.up();
    return victim;
  }

  get spoolDir(): string {
    return join(this.#options.dir, 'spool');
  }

  get tempDir(): string {
    return join(this.#options.dir, 'temp');
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  /** How often the service was started. */
  get lives(): number {
    return this.#lives;
  }

  get deaths(): number {
    return this.#deaths;
  }

  /** Starts a process. @param env settings for this process, in addition to those of the options */
  spawn(env: Readonly<Record<string, string>> = {}): void {
    const log = openSync(this.#logPath, 'a');
    const [command = '', ...args] = this.#options.command ?? [process.execPath, SERVER];
    const child = spawn(command, args, {
      env: {
        ...process.env,
        LOG_LEVEL: 'warn',
        SPOOL_DIR: this.spoolDir,
        TEMP_DIR: this.tempDir,
        ...this.#options.env,
        ...env,
        PORT: String(this.#port),
      },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const endWithUs = () => child.kill('SIGKILL');
    process.once('exit', endWithUs);
    child.once('exit', () => {
      process.off('exit', endWithUs);
      if (!this.#endsByUs) this.#deaths++;
    });
    this.#endsByUs = false;
    this.#lives++;
    this.#child = child;
  }

  /**
   * Waits until the service answers.
   * @throws Error with the end of the log if the process ends first
   */
  async up(): Promise<void> {
    const deadlineMs = Date.now() + UP_TIMEOUT_MS;
    while (Date.now() < deadlineMs) {
      if (!this.runs()) throw new Error(`the service ended by itself: ${this.lastWords()}`);
      if (await answers(`${this.url}/test`)) return;
      await sleep(POLL_MS);
    }
    throw new Error(`the service does not answer: ${this.lastWords()}`);
  }

  runs(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends the process as a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends the process as an operator would. @returns its exit code */
  async stop(): Promise<number | null> {
    await this.#end('SIGTERM');
    return this.#child?.exitCode ?? null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  lastWords(): string {
    return readFileSync(this.#logPath, 'utf8').slice(-LAST_WORDS_CHARS);
  }

  get #logPath(): string {
    return join(this.#options.dir, 'service.log');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!this.runs()) return;
    this.#endsByUs = true;
    const gone = once(this.#child!, 'exit');
    this.#child!.kill(signal);
    await gone;
  }
}

/** Whether the URL answers 200. The connection is not kept, so that it does not count as held by the service. */
async function answers(url: string): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url, { reset: true });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}

/** The resources that a process holds, as Linux reports them. */
export interface Held {
  readonly descriptors: number;
  readonly threads: number;
  readonly residentBytes: number;
}

export function heldBy(pid: number): Held {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
    residentBytes: Number(kilobytes) * 1024,
  };
}
