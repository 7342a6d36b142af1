import { type ResourceLimits, type Transferable, Worker } from 'node:worker_threads';
import { ThreadLostError, warnOfLostThread } from '../errors.ts';
import { fromReply, type Reply } from './reply.ts';
import type { TaskKind, Tasks, ThreadData, ThreadMessage } from './tasks.ts';

export interface WorkerThreadOptions {
  /** The module that the thread runs. */
  readonly module: URL;
  readonly data: ThreadData;
  readonly resourceLimits?: ResourceLimits;
}

/** Bounds of one task. */
export interface TaskBounds {
  /** A task that takes longer is ended, and the thread with it. Its clock begins when the thread takes the task. */
  readonly timeoutMs?: number;
  /** Ends the task and the thread when it aborts. */
  readonly signal?: AbortSignal;
  /** Ports that the task hands to the thread. */
  readonly ports?: readonly Transferable[];
}

/** A task took longer than it may. */
export class TaskTimeoutError extends Error {}

/** Starting takes a second at most. */
const START_TIMEOUT_MS = 60_000;

/**
 * One worker thread that does one task after the other. A thread that ends, or does not come back from a task in time,
 * is replaced; the state that it had is lost.
 */
export class WorkerThread {
  readonly #options: WorkerThreadOptions;
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  /** Whether the module has ever loaded: one that never did is not tried again and again. */
  #hasLoaded = false;
  /** Ends the task that the thread is at. */
  #fail: (cause: unknown) => void = () => undefined;
  /** Takes the answer to the task that the thread is at. */
  #answer: (message: ThreadMessage) => void = () => undefined;

  constructor(options: WorkerThreadOptions) {
    this.#options = options;
    this.#startSoon();
  }

  /** Whether there is a thread; one that was lost may have no successor yet. */
  get isAlive(): boolean {
    return this.#worker !== undefined;
  }

  /**
   * Runs a task, after those that were asked for before it.
   * @throws what the task throws; ThreadLostError if the thread ends meanwhile, with the reason as its cause
   */
  run<Kind extends TaskKind>(
    kind: Kind,
    input: Tasks[Kind][0],
    bounds: TaskBounds = {},
  ): Promise<Tasks[Kind][1]> {
    return this.#queue(async () => {
      const worker = await this.#start();
      const message = await this.#waitForMessage(bounds, () =>
        worker.postMessage({ kind, input }, [...(bounds.ports ?? [])]),
      );
      return fromReply(message as Reply<Tasks[Kind][1]>);
    });
  }

  /** Ends the thread. A task under way fails. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    this.#lose(new Error('The thread was closed.'));
    await worker?.terminate();
  }

  /** A start that fails here fails again with the next task, which has somebody to tell. */
  #startSoon(): void {
    this.#queue(() => this.#start()).catch(() => undefined);
  }

  #queue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #start(): Promise<Worker> {
    if (this.#isClosed) throw new ThreadLostError();
    if (this.#worker !== undefined) return this.#worker;
    const { module, data: workerData, resourceLimits } = this.#options;
    const worker = new Worker(module, { workerData, ...(resourceLimits && { resourceLimits }) });
    this.#worker = worker;
    worker.on('message', (message: ThreadMessage) => {
      if (this.#worker === worker) this.#answer(message);
    });
    worker.on('error', (error) => this.#hasEnded(worker, error));
    worker.on('exit', (code) => this.#hasEnded(worker, new Error(`The thread ended with code ${code}.`)));
    await this.#waitForMessage({ timeoutMs: START_TIMEOUT_MS });
    this.#hasLoaded = true;
    return worker;
  }

  /** The thread's next message. @throws ThreadLostError once the thread is lost, late or no longer wanted */
  async #waitForMessage({ timeoutMs, signal }: TaskBounds, ask = () => {}): Promise<ThreadMessage> {
    const message = new Promise<ThreadMessage>((resolve, reject) => {
      this.#answer = resolve;
      this.#fail = (cause) => reject(new ThreadLostError({ cause }));
    });
    const end = (cause: unknown) => {
      void this.#worker?.terminate();
      this.#lose(cause);
    };
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => end(new TaskTimeoutError()), timeoutMs);
    const abort = () => end(signal?.reason);
    signal?.addEventListener('abort', abort);
    try {
      if (signal?.aborted) abort();
      else ask();
      return await message;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  #hasEnded(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    warnOfLostThread(cause);
    this.#lose(cause);
  }

  #lose(cause: unknown): void {
    this.#worker = undefined;
    this.#fail(cause);
    // Making a thread blocks this one for milliseconds. The task's caller hears of its end before.
    if (this.#hasLoaded && !this.#isClosed) setImmediate(() => this.#startSoon());
  }
}
