import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { csvOptionsOf } from '../../data/csvOptions.ts';
import type { ReadOptions } from '../../data/readTable.ts';
import { inTestFile, TrainpostError } from '../../errors.ts';
import type { DryRun } from '../../values/dryRun.ts';
import type { Evaluation, EvaluationPlan } from '../../values/evaluation.ts';
import type { FilePredictionSpec, PredictedPiece } from '../../values/filePrediction.ts';
import type { Plan } from '../../values/plan.ts';
import type { Result } from '../../values/result.ts';
import type { Engine, FileSource, Source } from '../engine.ts';
import { cancelled, type Watch } from '../watch.ts';
import { hasLostThread, outOfMemory, queueFull, timedOut, warnOfLostThread } from './errors.ts';
import { collectGarbage } from './memory/garbage.ts';
import { TableMemory } from './memory/tableMemory.ts';
import type { Reading } from './reading/reading.ts';
import type { Both } from './reading/types.ts';
import { Deadline } from './threads/deadline.ts';
import { Readers } from './threads/readers.ts';
import type { TaskFile, Tasks } from './threads/tasks.ts';
import { ThreadPool } from './threads/threadPool.ts';

export interface LocalEngineOptions {
  readonly threads: number;
  /** Threads that read uploads and help with large fits. */
  readonly helpers: number;
  /** Trainings that may wait for a thread; one more is refused. */
  readonly waitingMax: number;
  /** What is taken of a file. */
  readonly read?: ReadOptions;
  /** A training that waits and computes for longer is ended, and its thread replaced. */
  readonly timeoutMs: number;
  /** A cancelled training whose thread does not notice within this time is ended together with its thread. */
  readonly cancelGraceMs?: number;
  /** How long a thread may work on reading one file; without it, as long as it takes. */
  readonly parseTimeoutMs?: number;
  /** The most memory that all trainings under way may take together; unbounded without it. */
  readonly memoryBytesMax?: number;
  /** The most that a thread may have on its own heap; Node's default without it. */
  readonly heapBytesMax?: number;
  /** The module that a thread runs. */
  readonly thread?: URL;
}

export interface EngineCounts {
  /** Trainings and dry runs that wait or compute. */
  readonly underWay: number;
  /** How many of them wait for a thread. */
  readonly waiting: number;
  /** Whether a thread has finished anything, the warm-up included. */
  readonly hasComputed: boolean;
  /** Threads that live; a lost one is replaced. */
  readonly threads: { readonly training: number; readonly reading: number };
}

/** Kinds of questions about a table. */
type Asked = 'run' | 'inspect' | 'evaluate';
type PlanOf<Kind extends Asked> = Tasks[Kind][0]['plan'];

/** A thread ends within milliseconds. */
const CLOSE_TIMEOUT_MS = 2_000;
/**
 * Work looks at its watch every few milliseconds, but some steps are long. A thread that has not noticed by then is ended:
 * that and a busy event loop leave a cancelled training 200 ms at most.
 */
const CANCEL_GRACE_MS = 100;
/** With fewer cells, a pass is over before another thread is awake. */
const CELLS_TO_SHARE = 200_000;

/** Computes on a bounded number of worker threads of this process; the event loop never computes. */
export class LocalEngine implements Engine {
  readonly #options: LocalEngineOptions;
  readonly #pool: ThreadPool;
  readonly #readers: Readers;
  readonly #memory: TableMemory;
  #underWay = 0;
  #hasComputed = false;

  constructor(options: LocalEngineOptions) {
    const { threads, helpers, read = {}, parseTimeoutMs, heapBytesMax } = options;
    this.#options = options;
    this.#memory = new TableMemory({
      bytesMax: options.memoryBytesMax ?? Number.POSITIVE_INFINITY,
      collectGarbage: () => this.#collectGarbage(),
    });
    const thread = {
      module: options.thread ?? new URL('./threads/thread.js', import.meta.url),
      data: { budget: this.#memory.budget.words },
      ...(heapBytesMax !== undefined && {
        resourceLimits: { maxOldGenerationSizeMb: Math.ceil(heapBytesMax / 2 ** 20) },
      }),
    };
    this.#pool = new ThreadPool(threads, thread);
    this.#readers = new Readers({
      ...thread,
      threads: helpers,
      read,
      shelf: this.#memory.shelf,
      ...(parseTimeoutMs !== undefined && { parseTimeoutMs }),
    });
  }

  /** Lets every thread load what the first training needs. */
  async warmUp(plan: Plan): Promise<void> {
    await Promise.all([this.#pool.onEach('warmUp', { plan }), this.#readers.onEach('warmUp', { plan })]);
    this.#hasComputed = true;
  }

  counts(): EngineCounts {
    return {
      underWay: this.#underWay,
      waiting: this.#pool.waiting,
      hasComputed: this.#hasComputed,
      threads: { training: this.#pool.alive, reading: this.#readers.alive },
    };
  }

  memory(): ReturnType<TableMemory['counts']> {
    return this.#memory.counts();
  }

  /** This engine can do all that a plan can ask for. */
  check(_plan: Plan): void {}

  receive(): Reading {
    return this.#readers.open();
  }

  run(source: Source, plan: Plan, watch: Watch): Promise<Result> {
    return this.#compute('run', source, plan, watch);
  }

  inspect(source: Source, plan: Plan, watch: Watch): Promise<DryRun> {
    return this.#compute('inspect', source, plan, watch);
  }

  evaluate(source: FileSource, plan: EvaluationPlan, watch: Watch): Promise<Evaluation> {
    return this.#compute('evaluate', source, plan, watch);
  }

  predict(pieces: AsyncIterable<Uint8Array>, spec: FilePredictionSpec): AsyncIterable<PredictedPiece> {
    return this.#readers.predict(pieces, spec);
  }

  /** Ends the threads; work under way fails. A thread that is only starting may never report its end. */
  async close(): Promise<void> {
    this.#memory.close();
    const closed = Promise.all([this.#pool.close(), this.#readers.close()]);
    await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  }

  async #compute<Kind extends Asked>(
    kind: Kind,
    source: Source,
    plan: PlanOf<Kind>,
    watch: Watch,
  ): Promise<Tasks[Kind][1]> {
    const { threads, waitingMax } = this.#options;
    if (this.#underWay >= threads + waitingMax) throw queueFull(waitingMax);
    this.#underWay++;
    // This engine has taken the files in itself: `receive` is the only source of an intake.
    const readings = { train: source.intake as Reading, test: source.test?.intake as Reading | undefined };
    let isRead = false;
    try {
      // A reader thread looks at no watch, so it goes on for a moment when the work is cancelled.
      const files = await watch.orCancelled(filesOf(kind, source, csvOptionsOf(plan.data) !== undefined));
      isRead = true;
      const reads = [files.train, files.test].flatMap((file) => (file === undefined ? [] : [file.read]));
      const rows = reads.flatMap((read) => ('table' in read ? [read.table.rows] : []));
      if (rows.length === reads.length) watch.foundRows(rows.reduce((sum, count) => sum + count, 0));
      watch.enter('queued');
      return await this.#memory.reserving(reads, () => this.#runTask(kind, files, { readings, plan, watch }));
    } finally {
      this.#underWay--;
      // Others may use the tables' memory from now on.
      const released = Promise.all([readings.train.release(), readings.test?.release()]);
      if (isRead || !watch.isCancelled) await released;
    }
  }

  async #runTask<Kind extends Asked>(
    kind: Kind,
    files: Both<TaskFile>,
    { readings, plan, watch }: { readings: Both<Reading>; plan: PlanOf<Kind>; watch: Watch },
  ): Promise<Tasks[Kind][1]> {
    const { timeoutMs, cancelGraceMs = CANCEL_GRACE_MS, read: options = {} } = this.#options;
    const deadline = new Deadline(timeoutMs);
    const limit = { endsAtMs: Date.now() + timeoutMs, limitMs: timeoutMs };
    let ports: MessagePort[] = [];
    let hasBegun = false;
    const stopListening = watch.onCancel(() => {
      setTimeout(() => deadline.end(), hasBegun ? cancelGraceMs : 0).unref();
    });
    const make = () => {
      hasBegun = true;
      ports = kind === 'inspect' ? [] : this.#askForHelp(files);
      // Each kind's task has the plan of its kind; the compiler cannot follow a pair through a union.
      const input = { files, plan, options, watch: watch.words, ports, limit } as Tasks[Kind][0];
      return { input, ports };
    };
    try {
      const result = await this.#pool.run(kind, make, deadline.signal);
      this.#hasComputed = true;
      // Cancelled work has no result, even if the thread did not look any more.
      watch.throwIfCancelled();
      return result;
    } catch (cause) {
      // A thread that was ended in the middle of the work, or its helper, may still be at the memory.
      if (hasBegun && (hasLostThread(cause) || !(cause instanceof TrainpostError))) {
        readings.train.abandonMemory();
        readings.test?.abandonMemory();
      }
      if (watch.isCancelled) throw cancelled();
      throw deadline.isLate ? timedOut(kind, timeoutMs, cause) : outOfMemory(cause);
    } finally {
      stopListening();
      deadline.clear();
      for (const port of ports) port.close();
    }
  }

  /** Ports to the threads that help with these tables. */
  #askForHelp({ train, test }: Both<TaskFile>): MessagePort[] {
    const cells = cellsOf(train) + cellsOf(test);
    const helpers = cells < CELLS_TO_SHARE ? 0 : this.#readers.size;
    const channels = Array.from({ length: helpers }, () => new MessageChannel());
    this.#readers.help(channels.map(({ port1 }) => port1));
    return channels.map(({ port2 }) => port2);
  }

  #collectGarbage(): void {
    collectGarbage();
    Promise.all([
      this.#pool.onEach('collectGarbage', undefined),
      this.#readers.onEach('collectGarbage', undefined),
    ]).catch(warnOfLostThread);
  }
}

/** The files of a kind of task, once they are read. @throws the first fault of a file */
async function filesOf(kind: Asked, source: Source, isReadAgain: boolean): Promise<Both<TaskFile>> {
  const train = await (kind === 'evaluate' ? testFileOf : fileOf)(source, isReadAgain);
  return { train, test: source.test && (await testFileOf(source.test, isReadAgain)) };
}

/** A file, once it is read. @throws the file's first fault */
async function fileOf({ intake, path }: FileSource, isReadAgain: boolean): Promise<TaskFile> {
  return { read: await (intake as Reading).tableOrRoom(isReadAgain), path };
}

/** As `fileOf`, for a test file, which the fault names. */
async function testFileOf(source: FileSource, isReadAgain: boolean): Promise<TaskFile> {
  try {
    return await fileOf(source, isReadAgain);
  } catch (error) {
    throw inTestFile(error);
  }
}

function cellsOf(file: TaskFile | undefined): number {
  return file !== undefined && 'table' in file.read
    ? file.read.table.rows * file.read.table.columns.length
    : 0;
}
