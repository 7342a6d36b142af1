import type { MessagePort, ResourceLimits, Transferable } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { ReadOptions } from '../../../data/readTable.ts';
import type { SharedMemory } from '../../../kernels/module.ts';
import { parseTimeout, ThreadLostError, warnOfLostThread } from '../errors.ts';
import type { ReaderThread, ReadTable } from '../reading/types.ts';
import { Deadline } from './deadline.ts';
import { fromReply, type Reply } from './reply.ts';
import type { Task } from './thread.ts';

export interface ReaderThreadOptions {
  readonly read: ReadOptions;
  /** How long the thread may work on one file; as long as it likes where it is not given. */
  readonly parseTimeoutMs?: number;
  readonly resourceLimits?: ResourceLimits;
  /** The module that the thread runs. */
  readonly thread: URL;
  /** What it is started with. */
  readonly workerData?: ThreadData;
}

/** What a thread is started with. */
export interface ThreadData {
  /** The words of the budget that its memories are counted against. */
  readonly budget: SharedArrayBuffer;
}

/** A file that is at work for too long is ended by the thread itself, which looks at its clock for each piece. */
const PARSE_GRACE_MS = 1_000;
/** It takes a second at most. */
const START_TIMEOUT_MS = 60_000;

/**
 * One thread, for the state of a file that is being read lies in it. It does one task after the other. One that does not
 * come back, and one that is gone, is replaced at the next task; the state that it had is lost.
 */
export class SoleThread implements ReaderThread {
  readonly #options: ReaderThreadOptions;
  readonly #piscina: Piscina<Task, Reply<ReadTable | undefined>>;
  #last: Promise<unknown> = Promise.resolve();
  #isUp = false;
  #isClosed = false;
  /** Ends what the thread is at. */
  #giveUp: () => void = () => undefined;

  constructor(options: ReaderThreadOptions) {
    this.#options = options;
    // With Piscina's `atomics` an idle thread would sleep in a way that only a task wakes it from, and no port.
    this.#piscina = new Piscina({
      filename: options.thread.href,
      minThreads: 1,
      maxThreads: 1,
      atomics: 'disabled',
      ...(options.resourceLimits && { resourceLimits: options.resourceLimits }),
      ...(options.workerData && { workerData: options.workerData }),
    });
    this.#piscina.on('error', (error) => {
      warnOfLostThread(error);
      this.#isUp = false;
      // Of a thread that does not even start Piscina tells nobody else.
      this.#giveUp();
    });
  }

  async read(id: number, memory: SharedMemory | undefined, bytes: Uint8Array, isLast: boolean) {
    const { read, parseTimeoutMs } = this.#options;
    const options = { ...read, ...(memory && { memory }) };
    const timing = parseTimeoutMs === undefined ? {} : { parseTimeoutMs };
    const task: Task = { kind: 'read', id, bytes, isLast, options, ...timing };
    if (parseTimeoutMs === undefined) return fromReply(await this.#run(task));
    const timeoutMs = parseTimeoutMs + PARSE_GRACE_MS;
    const late = () => parseTimeout(parseTimeoutMs, timeoutMs, { cause: new ThreadLostError() });
    return fromReply(await this.#run(task, { timeoutMs, late }));
  }

  async forget(id: number): Promise<void> {
    await this.#run({ kind: 'forget', id });
  }

  /** Lets the thread help whoever writes to the port; a port that is closed ends it. */
  help(port: MessagePort): void {
    // A thread that ends meanwhile leaves the work to the others.
    this.#run({ kind: 'help', port }, { transferList: [port] }).catch(() => port.close());
  }

  async warmUp(): Promise<void> {
    fromReply(await this.#run({ kind: 'warm-up' }));
  }

  /** Whether there is a thread, or one that takes its place. */
  get isAlive(): boolean {
    return this.#piscina.threads.length > 0;
  }

  async collect(): Promise<void> {
    await this.#run({ kind: 'collect' });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#piscina.destroy();
  }

  /** Each task waits here for the one before it, so that its clock begins with it. */
  #run(task: Task, bounds: Bounds = {}): Promise<Reply<ReadTable | undefined>> {
    const reply = this.#last.then(() => this.#perform(task, bounds));
    this.#last = reply.catch(() => undefined);
    return reply;
  }

  async #perform(task: Task, bounds: Bounds): Promise<Reply<ReadTable | undefined>> {
    if (!this.#isUp) await this.#post({ kind: 'start' }, { timeoutMs: START_TIMEOUT_MS });
    this.#isUp = true;
    return await this.#post(task, bounds);
  }

  async #post(task: Task, { timeoutMs, late, transferList = [] }: Bounds) {
    if (this.#isClosed) throw new ThreadLostError();
    const deadline = new Deadline(timeoutMs);
    this.#giveUp = () => deadline.end();
    try {
      return await this.#piscina.run(task, { signal: deadline.signal, transferList: [...transferList] });
    } catch (cause) {
      this.#isUp = false;
      if (!deadline.signal.aborted && !this.#isClosed) warnOfLostThread(cause);
      throw (deadline.isLate ? late?.() : undefined) ?? new ThreadLostError({ cause });
    } finally {
      deadline.clear();
    }
  }
}

interface Bounds {
  /** A task that takes longer is ended, and the thread with it. */
  readonly timeoutMs?: number;
  /** What is thrown then. */
  readonly late?: () => Error;
  readonly transferList?: readonly Transferable[];
}
