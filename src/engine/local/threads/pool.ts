import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { ReadOptions } from '../../../data/readTable.ts';
import { TrainpostError } from '../../../errors.ts';
import { MemoryBudget, PAGE_BYTES } from '../../../kernels/memoryBudget.ts';
import { pagesOf } from '../../../kernels/module.ts';
import type { DryRun } from '../../../values/dryRun.ts';
import { hasLostThread, lost, memoryRefusal, queueFull, timedOut, warnOfLostThread } from '../errors.ts';
import type { FitSpec, Fitted } from '../fit/fit.ts';
import type { Reading } from '../reading/reading.ts';
import type { ReadTable, Unread } from '../reading/types.ts';
import { ArenaShelf } from './arena.ts';
import { Deadline } from './deadline.ts';
import { collectGarbage } from './garbage.ts';
import { Readers } from './readers.ts';
import type { ThreadData } from './readerThread.ts';
import { fromReply, type Reply } from './reply.ts';
import type { Task } from './thread.ts';

export interface PoolOptions {
  readonly threads: number;
  /** Threads that read uploads and help with large fits. */
  readonly helpers: number;
  /** Trainings that may wait for a thread; one more is refused. */
  readonly waitingMax: number;
  /** What is taken of a file. */
  readonly read?: ReadOptions;
  /** A training that waits and computes for longer is ended, and its thread replaced. */
  readonly timeoutMs: number;
  /** How long a thread may work on reading one file; as long as it likes where it is not given. */
  readonly parseTimeoutMs?: number;
  /** The most memory that all trainings under way may take together; no bound where it is not given. */
  readonly memoryBytesMax?: number;
  /** The most that a thread may have on its own heap; what Node gives it where it is not given. */
  readonly heapBytesMax?: number;
  /** The module that a thread runs. */
  readonly thread?: URL;
}

export interface PoolCounts {
  /** Trainings and dry runs that wait or compute. */
  readonly underWay: number;
  /** Of these, those that wait for a thread. */
  readonly waiting: number;
  /** Whether a thread has come to the end of anything, the warm-up included. */
  readonly hasComputed: boolean;
  /** Threads that live; one that has ended is replaced. */
  readonly threads: { readonly training: number; readonly reading: number };
}

/** A thread ends within milliseconds. */
const CLOSE_TIMEOUT_MS = 2_000;
/** Marks, classes, places in the split and what is sorted for the metrics: what a fit has beside the table. */
const WORK_BYTES_PER_ROW = 40;
/** A share of the budget, and 256 MB at most: a table of five million rows needs no new memory then. */
const KEPT_SHARE = 1 / 8;
const KEPT_BYTES_MAX = 1 << 28;
/** What is let go is collected a little later, when nothing of it is on any stack, and seldom. */
const COLLECT_AFTER_MS = 1_000;
/** Below it a pass is over sooner than another thread is awake. */
const CELLS_TO_SHARE = 200_000;

/** A bounded pool of worker threads; the event loop never computes. */
export class TrainingPool {
  readonly #options: PoolOptions;
  readonly #piscina: Piscina<Task, Reply<Fitted | DryRun>>;
  readonly #readers: Readers;
  readonly #read: ReadOptions;
  readonly #budget: MemoryBudget;
  readonly #shelf: ArenaShelf;
  /** Ends what waits or computes. */
  readonly #deadlines = new Set<Deadline>();
  #collecting: NodeJS.Timeout | undefined;
  /** How often something has been let go since the last time that it was collected. */
  #lettingGo = 0;
  #underWay = 0;
  #hasComputed = false;

  constructor(options: PoolOptions) {
    const { threads, helpers, read = {}, parseTimeoutMs, heapBytesMax } = options;
    const { memoryBytesMax = Number.POSITIVE_INFINITY } = options;
    const thread = options.thread ?? new URL('./thread.js', import.meta.url);
    this.#options = options;
    this.#read = read;
    this.#budget = MemoryBudget.of(memoryBytesMax);
    this.#shelf = new ArenaShelf({
      budget: this.#budget,
      keptPagesMax: Math.min(memoryBytesMax * KEPT_SHARE, KEPT_BYTES_MAX) / PAGE_BYTES,
      collect: () => this.#collectSoon(),
    });
    const workerData: ThreadData = { budget: this.#budget.words };
    const heap =
      heapBytesMax === undefined
        ? {}
        : { resourceLimits: { maxOldGenerationSizeMb: Math.ceil(heapBytesMax / 2 ** 20) } };
    this.#piscina = new Piscina({
      filename: thread.href,
      minThreads: threads,
      maxThreads: threads,
      workerData,
      ...heap,
    });
    this.#piscina.on('error', (error) => {
      warnOfLostThread(error);
      // There is none that starts, and nobody else would tell those who wait.
      if (this.#piscina.threads.length === 0) for (const deadline of this.#deadlines) deadline.end();
    });
    const timing = parseTimeoutMs === undefined ? {} : { parseTimeoutMs };
    this.#readers = new Readers({
      threads: helpers,
      thread,
      read,
      workerData,
      shelf: this.#shelf,
      ...timing,
      ...heap,
    });
  }

  /** Lets the threads load what the first training needs, so that it does not wait for it. */
  async warmUp(): Promise<void> {
    await Promise.all([this.#onEach({ kind: 'warm-up' }), this.#readers.warmUp()]);
    this.#hasComputed = true;
  }

  counts(): PoolCounts {
    return {
      underWay: this.#underWay,
      waiting: this.#piscina.queueSize,
      hasComputed: this.#hasComputed,
      threads: { training: this.#piscina.threads.length, reading: this.#readers.alive },
    };
  }

  /** What tables under way have been promised, and could be at most; and what is kept for the next ones. */
  memory(): { readonly promisedBytes: number; readonly bytesMax: number; readonly keptBytes: number } {
    const { promisedBytes, bytesMax } = this.#budget;
    return { promisedBytes, bytesMax, keptBytes: this.#shelf.keptPages * PAGE_BYTES };
  }

  /**
   * Begins to read a file. Whoever asks must `release` it in the end.
   * @throws BusyError or DataError where there is no memory for another table
   */
  openReading(): Reading {
    return this.#readers.open();
  }

  /**
   * Fits on a thread what was read, and lets go of it.
   * @param path the file again, for one whose columns are not what they looked like where it begins, or whose table is lost
   * @throws BusyError where every thread is taken and the queue is full, or others hold the memory
   * @throws DataError, NotATableError, TooLargeError or FieldError where the file or a field does not allow a fit, or
   *   it takes too long
   * @throws ThreadLostError where the thread ends
   */
  async fit(reading: Reading, path: string, spec: FitSpec): Promise<Fitted> {
    return this.#compute(reading, (read) => {
      const cells = 'table' in read ? read.table.rows * read.table.columns.length : 0;
      return { kind: 'fit', read, path, spec, options: this.#read, ports: this.#askForHelp(cells) };
    });
  }

  /**
   * Says on a thread what a training with what was read would come to, and lets go of it.
   * @throws as `fit` where every thread is taken, the file is no table, or it takes too long
   */
  async dryRun(reading: Reading, path: string, spec: FitSpec): Promise<DryRun> {
    return this.#compute(reading, (read) => ({ kind: 'profile', read, path, spec, options: this.#read }));
  }

  /** @param makeTask is asked once there is room, and the file is read to its end */
  async #compute<Result extends Fitted | DryRun>(
    reading: Reading,
    makeTask: (read: ReadTable | Unread) => Task,
  ): Promise<Result> {
    const { threads, waitingMax } = this.#options;
    if (this.#underWay >= threads + waitingMax) {
      throw queueFull(waitingMax);
    }
    this.#underWay += 1;
    try {
      const read = await reading.tableOrRoom();
      return await this.#withMemory(read, () => this.#run<Result>(reading, makeTask(read)));
    } finally {
      this.#underWay -= 1;
      // The table is used up, and its memory another's before the answer is told.
      await reading.release();
    }
  }

  /** Holds what a fit needs beside its table. @throws BusyError or DataError where there is not so much */
  async #withMemory<Result>(read: ReadTable | Unread, use: () => Promise<Result>): Promise<Result> {
    const rows = 'table' in read ? read.table.rows : 0;
    const pages = Math.ceil((rows * WORK_BYTES_PER_ROW) / PAGE_BYTES);
    try {
      this.#budget.take(pages, 'table' in read ? pagesOf(read.table.memory) : 0);
    } catch (error) {
      throw memoryRefusal(error) ?? error;
    }
    try {
      return await use();
    } finally {
      this.#budget.giveBack(pages);
    }
  }

  async #run<Result extends Fitted | DryRun>(reading: Reading, task: Task): Promise<Result> {
    const deadline = new Deadline(this.#options.timeoutMs);
    this.#deadlines.add(deadline);
    const ports = task.kind === 'fit' ? task.ports : [];
    try {
      const asked = { signal: deadline.signal, transferList: [...ports] };
      const reply = await this.#piscina.run(task, asked).catch((cause: unknown) => {
        throw deadline.isLate ? timedOut(this.#options.timeoutMs, cause) : lost(cause);
      });
      this.#hasComputed = true;
      return fromReply(reply as Reply<Result>);
    } catch (error) {
      // Whoever was at work on the memory when it ended, or a helper of it, may still be.
      if (deadline.isLate || !(error instanceof TrainpostError) || hasLostThread(error))
        reading.abandonMemory();
      throw error;
    } finally {
      deadline.clear();
      this.#deadlines.delete(deadline);
      // Those of a training that never began are still ours, and helpers listen to them.
      for (const port of ports) port.close();
    }
  }

  /** Ports to the threads that help with a table of so many cells. */
  #askForHelp(cells: number): MessagePort[] {
    const helpers = cells < CELLS_TO_SHARE ? 0 : this.#readers.size;
    const channels = Array.from({ length: helpers }, () => new MessageChannel());
    this.#readers.help(channels.map(({ port1 }) => port1));
    return channels.map(({ port2 }) => port2);
  }

  /** Ends the threads; what still computes fails. One that is only starting may never say that it has ended. */
  async close(): Promise<void> {
    clearTimeout(this.#collecting);
    const closed = Promise.all([this.#piscina.destroy(), this.#readers.close()]);
    await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  }

  #collectSoon(): void {
    this.#lettingGo += 1;
    this.#collecting ??= setTimeout(() => {
      this.#collecting = undefined;
      collectGarbage();
      Promise.all([this.#onEach({ kind: 'collect' }), this.#readers.collect()]).catch(warnOfLostThread);
      // What has been let go meanwhile may have been held still.
      const isMore = this.#lettingGo > 1;
      this.#lettingGo = 0;
      if (isMore) this.#collectSoon();
    }, COLLECT_AFTER_MS).unref();
  }

  /** Lets every training thread do it, as far as they are idle. */
  async #onEach(task: Task): Promise<void> {
    const { threads } = this.#options;
    const replies = await Promise.all(Array.from({ length: threads }, () => this.#piscina.run(task)));
    for (const reply of replies) fromReply(reply);
  }
}
