import type { TaskKind, Tasks } from './tasks.ts';
import { type TaskBounds, WorkerThread, type WorkerThreadOptions } from './workerThread.ts';

/** A task, made when a thread takes it, so that nothing is reserved for a task that only waits. */
export type MakeTask<Kind extends TaskKind> = () => {
  readonly input: Tasks[Kind][0];
  readonly ports?: TaskBounds['ports'];
};

/** Threads that take tasks from one queue, first come, first served. */
export class ThreadPool {
  readonly #threads: readonly WorkerThread[];
  readonly #idle: WorkerThread[];
  readonly #waiting: ((thread: WorkerThread) => void)[] = [];

  constructor(size: number, options: WorkerThreadOptions) {
    this.#threads = Array.from({ length: size }, () => new WorkerThread(options));
    this.#idle = [...this.#threads];
  }

  /** Tasks that wait for a thread. */
  get waiting(): number {
    return this.#waiting.length;
  }

  get alive(): number {
    return this.#threads.filter((thread) => thread.isAlive).length;
  }

  /**
   * Runs a task as soon as a thread is free.
   * @param signal takes the task back: out of the queue, or together with the thread that is at it
   * @throws what the task throws, ThreadLostError if its thread ends, and the signal's reason if it only waited
   */
  async run<Kind extends TaskKind>(
    kind: Kind,
    make: MakeTask<Kind>,
    signal: AbortSignal,
  ): Promise<Tasks[Kind][1]> {
    const thread = await this.#take(signal);
    try {
      const { input, ports = [] } = make();
      return await thread.run(kind, input, { signal, ports });
    } finally {
      this.#giveBack(thread);
    }
  }

  /** Runs a task on every thread, each after what the thread is at. */
  async onEach<Kind extends TaskKind>(kind: Kind, input: Tasks[Kind][0]): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.run(kind, input)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #take(signal: AbortSignal): Promise<WorkerThread> {
    signal.throwIfAborted();
    const idle = this.#idle.shift();
    if (idle !== undefined) return Promise.resolve(idle);
    return new Promise((resolve, reject) => {
      const take = (thread: WorkerThread) => {
        signal.removeEventListener('abort', withdraw);
        resolve(thread);
      };
      const withdraw = () => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', withdraw, { once: true });
      this.#waiting.push(take);
    });
  }

  #giveBack(thread: WorkerThread): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(thread);
    else next(thread);
  }
}
