import type { MessagePort } from 'node:worker_threads';
import type { ReadOptions } from '../../../data/readTable.ts';
import { TABLE_LIMITS } from '../../../data/tableLimits.ts';
import type { FilePredictionSpec, PredictedPiece } from '../../../values/filePrediction.ts';
import { parseTimeout, ThreadLostError } from '../errors.ts';
import { ArenaShelf } from '../memory/arena.ts';
import { predictPieces } from '../predict/predictPieces.ts';
import { Reading } from '../reading/reading.ts';
import type { ReaderThread } from '../reading/types.ts';
import type { PredictPiece, TaskKind, Tasks } from './tasks.ts';
import { TaskTimeoutError, WorkerThread, type WorkerThreadOptions } from './workerThread.ts';

export interface ReadersOptions extends WorkerThreadOptions {
  readonly threads: number;
  readonly read: ReadOptions;
  /** How long a thread may work on one file; without it, as long as it takes. */
  readonly parseTimeoutMs?: number;
  /** Where tables get their memory. */
  readonly shelf?: ArenaShelf;
}

/** A thread ends a file that takes too long by itself, because it looks at its clock for each chunk. */
const PARSE_GRACE_MS = 1_000;

/**
 * Threads that read files while they arrive, and help with the passes of a fit. Uploads take turns on a thread, some
 * hundred kilobytes each, so that a slow upload holds up nobody.
 */
export class Readers {
  readonly #options: ReadersOptions;
  readonly #threads: readonly WorkerThread[];
  readonly #shelf: ArenaShelf;
  #next = 0;

  constructor(options: ReadersOptions) {
    this.#options = options;
    this.#shelf = options.shelf ?? new ArenaShelf();
    this.#threads = Array.from({ length: options.threads }, () => new WorkerThread(options));
  }

  /**
   * Begins to read a file. The caller must `release` it in the end.
   * @throws BusyError or DataError if there is no memory for another table
   */
  open(): Reading {
    return new Reading(this.#readerOn(this.#nextThread()), this.#shelf);
  }

  /** Predicts the rows of a file on one thread. */
  predict(pieces: AsyncIterable<Uint8Array>, spec: FilePredictionSpec): AsyncIterable<PredictedPiece> {
    const thread = this.#nextThread();
    const { read, parseTimeoutMs } = this.#options;
    const bounds = parseTimeoutMs === undefined ? {} : { timeoutMs: parseTimeoutMs + PARSE_GRACE_MS };
    const limits = { ...TABLE_LIMITS, ...read.limits };
    const onThread = {
      predict: (piece: PredictPiece) => thread.run('predict', piece, bounds),
      forget: (id: number) => thread.run('forgetPrediction', { id }),
    };
    return predictPieces(onThread, pieces, spec, limits);
  }

  #nextThread(): WorkerThread {
    const thread = this.#threads[this.#next]!;
    this.#next = (this.#next + 1) % this.#threads.length;
    return thread;
  }

  /** Makes each thread help the owner of one port; closing the port ends it. */
  help(ports: readonly MessagePort[]): void {
    ports.forEach((port, index) => {
      // A thread that ends meanwhile leaves the work to the others.
      this.#threads[index]?.run('help', { port }, { ports: [port] }).catch(() => port.close());
    });
  }

  get size(): number {
    return this.#threads.length;
  }

  get alive(): number {
    return this.#threads.filter((thread) => thread.isAlive).length;
  }

  /** Runs a task on every thread, each after what the thread is at. */
  async onEach<Kind extends TaskKind>(kind: Kind, input: Tasks[Kind][0]): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.run(kind, input)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #readerOn(thread: WorkerThread): ReaderThread {
    const { read, parseTimeoutMs } = this.#options;
    const bounds = parseTimeoutMs === undefined ? {} : { timeoutMs: parseTimeoutMs + PARSE_GRACE_MS };
    return {
      read: async (id, memory, bytes, isLast) => {
        const options = { ...read, ...(memory && { memory }) };
        const piece = { id, bytes, isLast, options, ...(parseTimeoutMs !== undefined && { parseTimeoutMs }) };
        try {
          return await thread.run('read', piece, bounds);
        } catch (error) {
          throw isTimeout(error) ? tooLong(parseTimeoutMs as number, error) : error;
        }
      },
      forget: (id) => thread.run('forget', { id }),
    };
  }
}

function isTimeout(error: unknown): error is ThreadLostError {
  return error instanceof ThreadLostError && error.cause instanceof TaskTimeoutError;
}

function tooLong(limit: number, cause: ThreadLostError): Error {
  return parseTimeout(limit, limit + PARSE_GRACE_MS, { cause });
}
