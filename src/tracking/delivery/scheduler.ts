import { setMaxListeners } from 'node:events';
import { fromData } from '../../errors.ts';
import type { ErrorData } from '../../values/errorData.ts';
import type { LoggedRun } from '../../values/run.ts';
import { CallFailedError } from '../callErrors.ts';
import type { TrackingServer } from '../trackingServer.ts';
import type { RecordedTree } from '../tree.ts';
import { Attempts } from './attempt.ts';
import { ExperimentBackoff, pauseMs, ServerBackoff } from './backoff.ts';
import { type Clock, systemClock } from './clock.ts';
import type { DeliveryCounts, DeliveryEvent } from './deliveryEvent.ts';
import { type DeliveryProgress, refusedError } from './deliveryView.ts';
import { readSummary } from './document.ts';
import type { DeliveryOutcome } from './outcome.ts';
import { Rechecks, type ScheduledRecheck } from './rechecks.ts';
import type { RecordStore } from './recordStore.ts';
import { newWaiter, Schedule, type ScheduledDelivery } from './schedule.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** How often the scheduler asks whether there is an MLflow by now, in milliseconds; the question costs nothing. */
const EARLY_PAUSE_MS = 500;
/** How long calls that were cut off may take to end. */
const CUT_MS = 1_000;

export interface SchedulerOptions {
  readonly store: RecordStore;
  /** @throws UnavailableError while there is no MLflow to log to */
  readonly server: () => TrackingServer;
  /** How long MLflow may still carry out a create whose outcome is unknown. */
  readonly quarantineMs: number;
  /** How long after its end a record is looked at once more. */
  readonly recheckMs: number;
  /** Deliveries at once. */
  readonly atOnce: number;
  readonly clock?: Clock;
  readonly report?: (event: DeliveryEvent) => void;
}

/**
 * Decides when which record is delivered. This process, or the next one on the same store, delivers each record exactly
 * once. `deliver` says how a record is delivered, and `ServerBackoff` how often a failing MLflow is asked.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #rechecks: Rechecks;
  readonly #backoff: ServerBackoff;
  readonly #experiments: ExperimentBackoff;
  readonly #attempts: Attempts;
  readonly #underWay = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #cut = new AbortController();
  readonly #counts = { delivered: 0, dead: 0, retried: 0, doublesRemoved: 0 };
  #alarm = new AbortController();
  /** Why the last try failed, if a person must correct something; undefined since the last success. */
  #refusal: ErrorData | undefined;
  #lastExperiment: string | undefined;

  constructor(options: SchedulerOptions) {
    const { store, quarantineMs, recheckMs, clock = systemClock } = options;
    this.#options = options;
    // Each call under way listens.
    setMaxListeners(0, this.#cut.signal);
    this.#clock = clock;
    this.#schedule = new Schedule(clock);
    this.#backoff = new ServerBackoff(clock);
    this.#experiments = new ExperimentBackoff(clock);
    const { signal } = this.#cut;
    this.#rechecks = new Rechecks({ store, clock, recheckMs, signal });
    const isStopping = () => this.#stopping.signal.aborted;
    this.#attempts = new Attempts({ store, clock, quarantineMs, recheckMs, signal, isStopping });
  }

  /** Takes up the pending records of the store, and begins to deliver. */
  async start(): Promise<void> {
    for (const id of await this.#options.store.pending()) {
      if (this.#schedule.get(id) === undefined) this.#schedule.add(id);
    }
    this.#lastExperiment = await newestExperiment(this.#options.store);
    // Without this list there are no rechecks; the deliveries themselves do not need them.
    this.#rechecks.takeUp().then(
      () => this.#wake(),
      () => {},
    );
    void this.#run();
  }

  /**
   * Begins no more deliveries, and waits for those under way. After the grace period their calls are cut off. Records
   * that are not delivered stay in the store.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    if (graceMs > 0) await this.#settled(graceMs);
    this.#cut.abort();
    await this.#settled(CUT_MS);
  }

  /** Schedules a record that the store has just accepted: see `logged`. */
  add(id: string, recorded: RecordedTree): Promise<LoggedRun> {
    const waiter = newWaiter();
    this.#schedule.add(id, recorded, waiter);
    // If no place is free, the next delivery that ends wakes the loop.
    if (this.#hasPlace()) this.#wake();
    return waiter.logged;
  }

  /** Schedules a dead letter that is pending again. */
  addAgain(id: string): void {
    this.#schedule.add(id);
    this.#wake();
  }

  /** Resolves when the record's run is FINISHED; undefined if the record is not scheduled. */
  logged(id: string): Promise<LoggedRun> | undefined {
    const entry = this.#schedule.get(id);
    if (entry === undefined) return undefined;
    entry.waiter ??= newWaiter();
    return entry.waiter.logged;
  }

  /** How far a record is; undefined if the record is not scheduled. */
  progressOf(id: string): DeliveryProgress | undefined {
    return this.#schedule.get(id);
  }

  /** Why MLflow takes no delivery until a person corrects something; undefined if MLflow takes deliveries. */
  refusal(): ErrorData | undefined {
    return this.#schedule.isEmpty ? undefined : this.#refusal;
  }

  /** Name of the experiment of the last delivery; undefined if there was none lately. */
  get lastExperiment(): string | undefined {
    return this.#lastExperiment;
  }

  counts(): DeliveryCounts {
    return { ...this.#counts, underWay: this.#underWay.size };
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#alarm = new AbortController();
      const job = this.#nextJob();
      if (job === undefined) {
        await this.#clock.sleep(this.#waitMs(), this.#alarm.signal);
        continue;
      }
      const underWay = job.finally(() => {
        this.#underWay.delete(underWay);
        this.#wake();
      });
      this.#underWay.add(underWay);
    }
  }

  /** Begins the next recheck or delivery that may begin now. */
  #nextJob(): Promise<void> | undefined {
    if (!this.#hasPlace() || this.#backoff.waitMs() > 0) return undefined;
    const due = this.#rechecks.take();
    if (due !== undefined) return this.#recheck(due);
    const entry = this.#schedule.take();
    return entry && this.#try(entry);
  }

  /** Only one record at a time tries a server that failed. */
  #hasPlace(): boolean {
    return this.#underWay.size < (this.#backoff.isProbing ? 1 : this.#options.atOnce);
  }

  #waitMs(): number {
    if (!this.#hasPlace()) return Number.POSITIVE_INFINITY;
    return Math.max(this.#backoff.waitMs(), Math.min(this.#schedule.waitMs(), this.#rechecks.waitMs()));
  }

  #wake(): void {
    this.#alarm.abort();
  }

  async #try(entry: ScheduledDelivery): Promise<void> {
    try {
      const heldUntilMs = this.#experiments.untilMs(entry.experimentName);
      if (heldUntilMs !== undefined) {
        entry.notBeforeMs = heldUntilMs;
        return;
      }
      const server = this.#options.server();
      entry.attempts++;
      const outcome = await this.#attempts.run(server, entry).catch((error: unknown) => {
        // Another server with other experiments may answer at the address by now.
        if (!isAnswered(verdictOf(error))) server.forget();
        throw error;
      });
      this.#succeeded(entry);
      this.#schedule.remove(entry);
      if (outcome !== undefined) this.#end(entry, outcome);
    } catch (error) {
      this.#postpone(entry, error);
    } finally {
      entry.isUnderWay = false;
    }
  }

  #succeeded({ experimentName }: ScheduledDelivery): void {
    this.#backoff.succeeded();
    this.#experiments.succeeded(experimentName);
    this.#refusal = undefined;
  }

  #end({ id, waiter, experimentName }: ScheduledDelivery, outcome: DeliveryOutcome): void {
    const { logged, reason, made, deleted, recheck } = outcome;
    const runId = made['root']?.runId;
    if (recheck !== undefined) this.#rechecks.add(id);
    if (logged !== undefined) {
      this.#counts.delivered++;
      this.#lastExperiment = experimentName;
      this.#report({ is: 'delivered', id, runId: logged.runId, ...(deleted && { deleted }) });
      waiter?.resolve(logged);
    } else if (reason !== undefined) {
      this.#counts.dead++;
      this.#report({ is: 'dead', id, reason, ...(runId !== undefined && { runId }) });
      waiter?.reject(refusedError(reason, runId));
    }
  }

  #postpone(entry: ScheduledDelivery, error: unknown): void {
    // The next process takes up what was cut off, and the error says nothing of MLflow.
    if (this.#cut.signal.aborted || isStop(error)) return;
    const verdict = verdictOf(error);
    if (verdict.is === 'unknown_version') {
      // The store keeps the record, and the next process looks at it again.
      this.#schedule.remove(entry);
      this.#report({ is: 'left_alone', id: entry.id, reason: verdict.reason });
      entry.waiter?.reject(fromData(verdict.reason));
      return;
    }
    entry.lastError =
      verdict.is === 'doubtful' ? doubtAfter(entry.lastError, verdict.reason) : verdict.reason;
    if (verdict.is === 'damaged') {
      // The store has put the record with the dead letters.
      this.#schedule.remove(entry);
      this.#end(entry, { attempts: entry.attempts, made: {}, reason: verdict.reason });
      return;
    }
    if (verdict.is === 'early') {
      this.#backoff.pause(EARLY_PAUSE_MS);
      return;
    }
    this.#pause(entry, verdict);
    if (isOfSettings(verdict)) this.#refusal = verdict.reason;
    this.#counts.retried++;
    this.#report({ is: 'retried', id: entry.id, reason: verdict.reason, cause: error });
  }

  /** Decides when the record is tried again. */
  #pause(entry: ScheduledDelivery, verdict: Verdict): void {
    entry.notBeforeMs = this.#clock.now() + pauseMs(entry.attempts);
    if (!isAnswered(verdict)) {
      this.#backoff.failed(entry.id, verdict.is === 'passing' ? verdict.askedMs : 0);
      return;
    }
    this.#backoff.succeeded();
    if (verdict.is === 'doubtful') entry.notBeforeMs = Math.min(verdict.untilMs, entry.notBeforeMs);
    else if (verdict.what === 'experiment') this.#experiments.failed(entry.experimentName);
  }

  async #recheck(due: ScheduledRecheck): Promise<void> {
    const doubles = await this.#rechecks.carryOut(due, this.#options.server);
    if (doubles === 0) return;
    this.#counts.doublesRemoved += doubles;
    this.#report({ is: 'doubles_removed', id: due.id, doubles });
  }

  #report(event: DeliveryEvent): void {
    this.#options.report?.(event);
  }

  /** Resolves when nothing is under way any more, or after this time. */
  async #settled(ms: number): Promise<void> {
    const over = new AbortController();
    const all = Promise.allSettled(this.#underWay);
    await Promise.race([all, this.#clock.sleep(ms, over.signal)]);
    over.abort();
  }
}

/** Whether MLflow itself is there and answers, so that other records may pass. */
function isAnswered(verdict: Verdict): verdict is Extract<Verdict, { is: 'doubtful' | 'blocked' }> {
  return verdict.is === 'doubtful' || verdict.is === 'blocked';
}

function isOfSettings(verdict: Verdict): boolean {
  return verdict.is === 'blocked' || (verdict.is === 'passing' && verdict.isOfSettings);
}

/** The experiment of the newest receipt. */
async function newestExperiment(store: RecordStore): Promise<string | undefined> {
  try {
    const [newest] = await store.list('delivered', 1);
    return newest && readSummary(newest).tree.experimentName;
  } catch {
    // It only serves the check of readiness.
    return undefined;
  }
}

/** Whether a delivery was interrupted because the service is shutting down. */
function isStop(error: unknown): boolean {
  return error instanceof CallFailedError && error.code === 'stopping';
}

/** The doubt says what is waited for; the reason before it says how the doubt arose, and what to do. */
function doubtAfter(before: ErrorData | undefined, doubt: ErrorData): ErrorData {
  if (before?.code === doubt.code) return before;
  return before === undefined
    ? doubt
    : { ...doubt, message: `${doubt.message} Before that: ${before.message}` };
}
