import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spool } from '../../src/spool/spool.ts';
import { Deliveries } from '../../src/tracking/delivery/deliveries.ts';
import { Scheduler } from '../../src/tracking/delivery/scheduler.ts';
import type { Env } from '../../src/tracking/tags.ts';
import { TrackingServer, type TrackingServerOptions } from '../../src/tracking/trackingServer.ts';
import type { Accepted } from '../../src/values/delivery.ts';
import type { PipelineState } from '../../src/values/pipelineState.ts';
import type { LoggedRun, TrackedRun } from '../../src/values/run.ts';

export interface SpooledLogOptions extends TrackingServerOptions {
  readonly env?: Env;
  /** A folder that stays afterwards; by default, a temporary folder. */
  readonly dir?: string;
  readonly quarantineMs?: number;
  readonly recheckMs?: number;
}

/** Delivers to an MLflow from a spool on disk, as the service does. `await using` ends it. */
export class SpooledLog implements AsyncDisposable {
  readonly server: TrackingServer;
  readonly spool: Spool;
  readonly deliveries: Deliveries;
  readonly #scheduler: Scheduler;
  readonly #ownDir: string | undefined;

  private constructor(spool: Spool, { env = {}, dir, ...options }: SpooledLogOptions, ownDir?: string) {
    const { quarantineMs = 1_000, recheckMs = 600_000, ...server } = options;
    this.server = new TrackingServer(server);
    this.spool = spool;
    const scheduler = new Scheduler({
      store: spool,
      server: () => this.server,
      quarantineMs,
      recheckMs,
      atOnce: 8,
    });
    this.#scheduler = scheduler;
    this.deliveries = new Deliveries({ store: spool, scheduler, checkMlflow: () => {}, env });
    this.#ownDir = ownDir;
  }

  static async open(options: SpooledLogOptions): Promise<SpooledLog> {
    const ownDir = options.dir === undefined ? await mkdtemp(join(tmpdir(), 'trainpost-spool-')) : undefined;
    const spool = await Spool.open({
      dir: options.dir ?? ownDir!,
      recordsMax: 1_000,
      bytesMax: 2 ** 30,
      diskFreeMin: 0,
      keptMs: 86_400_000,
      deadKeptMs: 86_400_000,
    });
    const log = new SpooledLog(spool, options, ownDir);
    await log.#scheduler.start();
    return log;
  }

  accept(pipeline: PipelineState, run: TrackedRun): Promise<Accepted> {
    return this.deliveries.accept(pipeline, run, { answer: {} });
  }

  /** Resolves when the run is FINISHED. */
  async logModel(pipeline: PipelineState, run: TrackedRun): Promise<LoggedRun> {
    return (await this.accept(pipeline, run)).logged;
  }

  /** Ends at once, and cuts off deliveries under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scheduler.stop(0);
    await this.spool.close();
    await this.server.close();
    if (this.#ownDir !== undefined) await rm(this.#ownDir, { recursive: true, force: true });
  }
}
