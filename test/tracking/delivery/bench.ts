import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { Spool } from '../../../src/spool/spool.ts';
import type { Auth } from '../../../src/tracking/address.ts';
import { Deliveries } from '../../../src/tracking/delivery/deliveries.ts';
import type { DeliveryEvent } from '../../../src/tracking/delivery/deliveryEvent.ts';
import { Scheduler } from '../../../src/tracking/delivery/scheduler.ts';
import { TrackingServer } from '../../../src/tracking/trackingServer.ts';
import { REQUEST_ID_TAG, type RecordedTree } from '../../../src/tracking/tree.ts';
import type { Accepted, Kept } from '../../../src/values/delivery.ts';
import type { LoggedRun, TrackedRun } from '../../../src/values/run.ts';
import { FAST_DISK } from '../../spool/support.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { StandInMlflow, type StandInOptions } from '../../support/standInMlflow.ts';
import { samplePipeline, sampleRun } from '../sample.ts';

export const QUARANTINE_MS = 120_000;
export const RECHECK_MS = 600_000;
/** Long on the busiest machine. */
export const CALL_TIMEOUT_MS = 300_000;
/** Short, where calls are never answered; one that takes longer by chance is one more fault. */
export const SHORT_TIMEOUT_MS = 500;
const ATTEMPTS_MAX = 20_000;
/** `MLmodel` and what `modelFiles` writes. */
const FILES_IN_A_MODEL = 9;
const PARAMS_OF_A_SAMPLE = 28;
/** The training rows and the test rows. */
const INPUTS_OF_A_SAMPLE = 2;

/** What an earlier process has left behind: the folder of its spool, and the file of what MLflow has. */
interface LeftBehind {
  readonly spool: string;
  readonly mlflow: string;
}

export interface BenchOptions extends StandInOptions {
  readonly leftBehind?: LeftBehind;
  readonly atOnce?: number;
  readonly quarantineMs?: number;
  readonly callTimeoutMs?: number;
  readonly auth?: Auth;
}

/** A process that delivers to a stand-in for MLflow from a spool on disk, by a clock that a test turns. */
export class Bench implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly standIn: StandInMlflow;
  readonly events: DeliveryEvent[] = [];
  readonly dir: string;
  readonly #atOnce: number;
  readonly #quarantineMs: number;
  #callTimeoutMs: number;
  readonly #auth: Auth;
  /** Why there is no MLflow at all. */
  unavailable: Error | undefined;
  #server: TrackingServer | undefined;
  #process: { spool: Spool; scheduler: Scheduler; deliveries: Deliveries } | undefined;

  private constructor(standIn: StandInMlflow, dir: string, options: BenchOptions) {
    this.standIn = standIn;
    this.dir = dir;
    this.#atOnce = options.atOnce ?? 2;
    this.#quarantineMs = options.quarantineMs ?? QUARANTINE_MS;
    this.#callTimeoutMs = options.callTimeoutMs ?? CALL_TIMEOUT_MS;
    this.#auth = options.auth ?? {};
  }

  static async open(options: BenchOptions = {}): Promise<Bench> {
    const standIn = await StandInMlflow.start(options);
    const dir = await mkdtemp(join(FAST_DISK, 'trainpost-delivery-'));
    if (options.leftBehind !== undefined) {
      await cp(options.leftBehind.spool, dir, { recursive: true });
      standIn.restore(await readFile(options.leftBehind.mlflow, 'utf8'));
    }
    const bench = new Bench(standIn, dir, options);
    await bench.start();
    return bench;
  }

  /** A process on a spool that has one record, as another trainpost has left it. */
  static async withRecord(
    document: unknown,
    state: 'pending' | 'dead' | 'delivered',
    key: string,
  ): Promise<[Bench, string]> {
    const bench = await Bench.open();
    await bench.crash();
    const spool = await bench.openSpool();
    const id = randomUUID();
    await spool.accept({ id, document, files: [{ path: 'what/it.is', bytes: Buffer.from('x') }], key });
    await spool.note(id, [{ attempted: 'c3/run' }]);
    const outcome = { is: 'unknown here', recheck: { atMs: 0, of: [] }, logged: { runId: 'r' } };
    if (state === 'dead') await spool.bury(id, outcome);
    if (state === 'delivered') await spool.deliver(id, outcome);
    await spool.close();
    await bench.start();
    return [bench, id];
  }

  get deliveries(): Deliveries {
    return this.#process!.deliveries;
  }

  get scheduler(): Scheduler {
    return this.#process!.scheduler;
  }

  get spool(): Spool {
    return this.#process!.spool;
  }

  openSpool(): Promise<Spool> {
    return Spool.open({
      dir: this.dir,
      recordsMax: 1_000,
      bytesMax: 2 ** 30,
      diskFreeMin: 0,
      keptMs: 86_400_000,
      deadKeptMs: 86_400_000,
    });
  }

  /** Begins a process on the folder. */
  async start(): Promise<void> {
    const spool = await this.openSpool();
    const scheduler = new Scheduler({
      store: spool,
      server: () => this.#connected(),
      quarantineMs: this.#quarantineMs,
      recheckMs: RECHECK_MS,
      atOnce: this.#atOnce,
      clock: this.clock,
      report: (event) => this.events.push(event),
    });
    const deliveries = new Deliveries({ store: spool, scheduler, checkMlflow: () => {}, env: {} });
    await scheduler.start();
    this.#process = { spool, scheduler, deliveries };
  }

  /** From the next try on, calls may take so long. */
  async reconnect(timeoutMs: number): Promise<void> {
    this.#callTimeoutMs = timeoutMs;
    await this.#server?.close();
    this.#server = undefined;
  }

  /** Ends the process at once: what is under way is cut off in the middle. */
  async crash(): Promise<void> {
    const { spool, scheduler } = this.#process!;
    await scheduler.stop(0);
    await spool.close();
    await this.#server?.close();
    this.#server = undefined;
    this.#process = undefined;
  }

  accept(overrides: Partial<TrackedRun> = {}, kept: Kept = { answer: { a: 1 } }): Promise<Accepted> {
    return this.deliveries.accept(samplePipeline(), sampleRun(overrides), kept);
  }

  acceptTree(recorded: RecordedTree, kept: Kept = { answer: { a: 1 } }): Promise<Accepted> {
    return this.deliveries.acceptTree(recorded, kept);
  }

  /** Accepts a training and waits until it is delivered. */
  async log(overrides: Partial<TrackedRun> = {}, kept?: Kept): Promise<Accepted & { run: LoggedRun }> {
    const accepted = await this.accept(overrides, kept);
    await this.untilDelivered();
    return { ...accepted, run: await accepted.logged };
  }

  /** Lets time pass, whenever nothing is under way, until something holds. */
  async until(holds: () => boolean, what = 'what was waited for'): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (holds()) return;
      await pause(1);
      if (this.#process === undefined || this.scheduler.counts().underWay > 0) continue;
      // What was woken has begun by now, if there was anything to begin.
      await pause(1);
      if (this.scheduler.counts().underWay === 0 && !holds() && !this.clock.step()) await pause(5);
    }
    throw new Error(`${what} did not come about within ${this.clock.now()} ms of the fake clock`);
  }

  untilDelivered(): Promise<void> {
    return this.until(() => this.spool.stats().pending === 0, 'an empty spool');
  }

  async untilTime(ms: number): Promise<void> {
    this.clock.at(ms, () => {});
    await this.until(() => this.clock.now() >= ms);
  }

  /** How many calls of a name came so far. */
  count(name: string): number {
    return this.standIn.calls.filter((call) => call.name === name).length;
  }

  /** All that was accepted is in MLflow, each once and whole, and there is nothing else. */
  expectEachOnce(
    accepted: readonly Pick<Accepted, 'id'>[],
    { params = PARAMS_OF_A_SAMPLE, inputs = INPUTS_OF_A_SAMPLE, files = FILES_IN_A_MODEL } = {},
  ): void {
    const runs = [...this.standIn.store.runs.values()].filter(
      ({ info }) => info.lifecycle_stage === 'active',
    );
    const ids = runs.map(({ tags }) => tags.get(REQUEST_ID_TAG));
    expect(ids.sort(), 'runs').toEqual(accepted.map(({ id }) => id).sort());
    for (const run of runs) this.#expectWhole(run.info.run_id, { params, inputs, files });
    this.expectNoneRunning();
  }

  /** Not even among those in the bin. */
  expectNoneRunning(): void {
    const running = [...this.standIn.store.runs.values()].filter(({ info }) => info.status === 'RUNNING');
    expect(running.map(({ info }) => info.run_id)).toEqual([]);
  }

  #expectWhole(runId: string, sample: Record<'params' | 'inputs' | 'files', number>): void {
    const { store, registry } = this.standIn;
    const { info, params, metrics, inputs, outputs, tags } = store.runs.get(runId)!;
    expect(info.status).toBe('FINISHED');
    expect([params.size, metrics.size, inputs.length]).toEqual([sample.params, 18, sample.inputs]);
    const versions = [...registry.registered.values()].flatMap((one) =>
      [...one.versions.values()].filter((version) => version.run_id === runId),
    );
    expect(versions, 'versions').toHaveLength(1);
    const models = [...store.models.values()].filter(
      (model) => model.info.source_run_id === runId && !model.isDeleted,
    );
    const listed = tags.get('mlflow.log-model.history');
    if (listed !== undefined) {
      expect(JSON.parse(listed), 'listed models').toHaveLength(1);
      this.#expectFiles(`${info.experiment_id}/${runId}/artifacts/diabetes-model/`, sample.files);
    } else {
      expect(models.map((model) => model.info.status)).toEqual(['LOGGED_MODEL_READY']);
      expect(outputs.map(({ model_id }) => model_id)).toContain(models[0].info.model_id);
      this.#expectFiles(models[0].info.artifact_uri.replace('mlflow-artifacts:/', ''), sample.files);
    }
  }

  #expectFiles(folder: string, count: number): void {
    const files = [...this.standIn.store.artifacts].filter(([path]) => path.startsWith(folder));
    expect(files, 'files').toHaveLength(count);
    for (const [, bytes] of files) expect(bytes).toBeGreaterThan(0);
  }

  #connected(): TrackingServer {
    if (this.unavailable !== undefined) throw this.unavailable;
    this.#server ??= new TrackingServer({
      trackingUri: this.standIn.url,
      timeoutMs: this.#callTimeoutMs,
      auth: this.#auth,
    });
    return this.#server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process !== undefined) await this.crash();
    await this.standIn[Symbol.asyncDispose]();
    await rm(this.dir, { recursive: true, force: true });
  }
}
