import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { unusedPort } from './mlflowServer.ts';

const SERVER = join(import.meta.dirname, '../../dist/server.js');
/** A process takes half a second to answer, and ten times that on a busy machine. */
const UP_TIMEOUT_MS = 300_000;
const POLL_MS = 20;
/** What of the log is worth reading when something has gone wrong. */
const LAST_WORDS_CHARS = 2_000;

export interface VictimOptions {
  /** A folder of its own: its spool, its uploads, and a log of whatever its lives have written. */
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  /** The service as `npm run build` made it, where this is not given. */
  readonly command?: readonly string[];
}

/**
 * The service as a process of its own that is killed and started again, always at the same address. It ends with the
 * process that started it.
 */
export class Victim implements AsyncDisposable {
  readonly url: string;
  readonly #options: VictimOptions;
  readonly #port: number;
  #child: ChildProcess | undefined;
  #endsByUs = false;
  #lives = 0;
  /** Lives that ended though nobody had ended them. */
  #deaths = 0;

  private constructor(options: VictimOptions, port: number) {
    this.#options = options;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** An address for it; it does not run yet. */
  static async at(options: VictimOptions): Promise<Victim> {
    return new Victim(options, await unusedPort());
  }

  /** Starts it and waits until it answers. */
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

  /** How often it was started. */
  get lives(): number {
    return this.#lives;
  }

  get deaths(): number {
    return this.#deaths;
  }

  /** Begins a life, with other settings than the last one's where they are given. */
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
      if (!this.#endsByUs) this.#deaths += 1;
    });
    this.#endsByUs = false;
    this.#lives += 1;
    this.#child = child;
  }

  /**
   * Waits until it answers.
   * @throws Error with its last words when it ends before
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

  /** As a power cut ends it. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As whoever runs it stops it; its exit code. */
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

/** On a connection that is not kept: what the service holds then is its own. */
async function answers(url: string): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url, { reset: true });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}

/** What a process holds, as Linux tells it. */
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
