import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalEngine } from '../src/engine/local/localEngine.ts';
import type { Reading } from '../src/engine/local/reading/reading.ts';
import { type Stage, Watch } from '../src/engine/watch.ts';
import { CancelledError } from '../src/errors.ts';
import { chosenOf } from '../src/values/result.ts';
import { ORIGINAL_PLAN } from '../test/support/plans.ts';
import { PATIENCE_MS, THREAD } from '../test/support/service.ts';
import { CSV } from './postForm.ts';

const CHUNK_BYTES = 1 << 18;
const HELPERS = 2;
/** How often and how long the bench looks whether all memory was returned: for a second. */
const LOOKS = 100;
const LOOK_MS = 10;

/** Begins something on a file that was read. */
export type Work<Answer> = (reading: Reading, watch: Watch) => Promise<Answer>;

/** What is cancelled, and when. */
export interface CancelCase {
  readonly name: string;
  readonly path: string;
  readonly work: Work<unknown>;
  /** From when to when, in milliseconds since the beginning, the work is in its stage. */
  readonly window: readonly [from: number, to: number];
}

interface Measured {
  /** Milliseconds from the cancelling to the rejection. */
  readonly rejected: readonly number[];
  /** Milliseconds from the rejection until a small training is done. */
  readonly next: readonly number[];
}

/** When each stage of a run began, in milliseconds, and what came out. */
export interface Timeline<Answer> {
  readonly began: ReadonlyMap<Stage, number>;
  readonly endMs: number;
  readonly answer: Answer;
}

/** One engine whose only training thread is cancelled again and again. */
export class EngineBench {
  readonly engine = new LocalEngine({
    threads: 1,
    helpers: HELPERS,
    waitingMax: 4,
    timeoutMs: PATIENCE_MS,
    thread: THREAD,
  });
  readonly threads = `one training thread, ${HELPERS} helpers`;
  readonly #files = new Map<string, Buffer>();
  #small: readonly number[] | undefined;

  static async start(): Promise<EngineBench> {
    const bench = new EngineBench();
    await bench.engine.warmUp(ORIGINAL_PLAN);
    await bench.#trainSmall();
    // Each thread that is ended is replaced with a warning.
    process.removeAllListeners('warning');
    return bench;
  }

  close(): Promise<void> {
    return this.engine.close();
  }

  /** Writes a file as an upload does. */
  async write(reading: Reading, path: string): Promise<void> {
    const bytes = this.#files.get(path) ?? readFileSync(path);
    this.#files.set(path, bytes);
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      await reading.write(bytes.subarray(at, at + CHUNK_BYTES));
    }
    reading.end();
  }

  /** Runs work to its end, and looks every millisecond at what it is at. */
  async follow<Answer>(path: string, work: Work<Answer>): Promise<Timeline<Answer>> {
    const reading = this.engine.receive();
    await this.write(reading, path);
    await reading.table();
    const watch = new Watch();
    const began = new Map<Stage, number>();
    const startedAt = performance.now();
    const look = () => {
      const { stage } = watch.progress();
      if (!began.has(stage)) began.set(stage, performance.now() - startedAt);
    };
    const timer = setInterval(look, 1);
    try {
      const answer = await work(reading, watch);
      return { began, endMs: performance.now() - startedAt, answer };
    } finally {
      clearInterval(timer);
    }
  }

  /** Cancels so often. A try whose work has ended before its moment is repeated. */
  async measure(one: CancelCase, tries: number): Promise<Measured> {
    const rejected: number[] = [];
    const next: number[] = [];
    while (rejected.length < tries) {
      const ms = await this.#try(one);
      if (ms === undefined) continue;
      rejected.push(ms);
      const since = performance.now();
      await this.#trainSmall();
      next.push(performance.now() - since);
    }
    return { rejected, next };
  }

  async #try({ path, work, window: [from, to] }: CancelCase): Promise<number | undefined> {
    const reading = this.engine.receive();
    await this.write(reading, path);
    await reading.table();
    const watch = new Watch();
    let endedAt: number | undefined;
    const ended = work(reading, watch)
      .catch((error: unknown) => error)
      .finally(() => {
        endedAt = performance.now();
      });
    await sleep(from + Math.random() * (to - from));
    if (endedAt !== undefined) return undefined;
    const cancelledAt = performance.now();
    watch.cancel();
    const error = await ended;
    const ms = endedAt! - cancelledAt;
    if (!(error instanceof CancelledError)) throw error;
    await this.#checkIdle();
    return ms;
  }

  /** @throws Error if memory is still promised, or if somebody is still counted */
  async #checkIdle(): Promise<void> {
    const left = () => this.engine.memory().promisedBytes + this.engine.counts().underWay;
    // A reader thread may be at the last piece of a file, and a training that others waited behind may just end.
    for (let look = 0; look < LOOKS && left() > 0; look++) await sleep(LOOK_MS);
    if (left() === 0) return;
    throw new Error(`Left behind: ${JSON.stringify([this.engine.memory(), this.engine.counts()])}`);
  }

  async #trainSmall(): Promise<void> {
    const { answer } = await this.follow(CSV, (intake, watch) =>
      this.engine.run({ intake, path: CSV }, ORIGINAL_PLAN, watch),
    );
    const numbers = Object.values(chosenOf(answer).test.metrics);
    this.#small ??= numbers;
    if (numbers.some((value, index) => value !== this.#small![index])) {
      throw new Error(`Other metrics after a cancelled training: ${numbers} and ${this.#small}`);
    }
  }
}
