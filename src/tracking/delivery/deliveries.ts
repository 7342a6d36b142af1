import { setMaxListeners } from 'node:events';
import type { RecordSummary } from '../../spool/record.ts';
import type { Spool } from '../../spool/spool.ts';
import type { Accepted, DeliveryState, DeliveryView, Kept } from '../../values/delivery.ts';
import type { LoggedRun } from '../../values/run.ts';
import type { RecordedRun } from '../record.ts';
import type { TrackingServer } from '../trackingServer.ts';
import { Attempts } from './attempt.ts';
import { pauseMs, ServerBackoff } from './backoff.ts';
import { type Clock, systemClock } from './clock.ts';
import { type DeliveryOutcome, refusedError, type SpooledDocument, viewOf } from './deliveryView.ts';
import { PARDON, type Reason } from './journal.ts';
import { Rechecks, type ScheduledRecheck } from './rechecks.ts';
import { newWaiter, Schedule, type ScheduledDelivery } from './schedule.ts';
import { verdictOf } from './verdict.ts';

/** How often it is asked whether there is an MLflow by now; that costs nothing. */
const EARLY_PAUSE_MS = 500;
/** How long calls that were cut off may take to end. */
const CUT_MS = 1_000;
/** Records of one state that a list shows. */
const LISTED_MAX = 1_000;

export interface DeliveriesOptions {
  readonly spool: Spool;
  /** @throws UnavailableError while there is no MLflow to log to */
  readonly server: () => TrackingServer;
  /** How long a create whose outcome is not known may still land. */
  readonly quarantineMs: number;
  /** After how long it is looked for once more. */
  readonly recheckMs: number;
  /** Deliveries at once. */
  readonly atOnce: number;
  readonly clock?: Clock;
  readonly report?: (event: DeliveryEvent) => void;
}

/** What became of a try. */
export interface DeliveryEvent {
  readonly is: 'delivered' | 'dead' | 'retried' | 'doubles_removed';
  readonly id: string;
  readonly runId?: string;
  /** Why, where it failed. */
  readonly reason?: Reason;
  /** What was thrown. */
  readonly cause?: unknown;
  readonly doubles?: number;
}

/** Since the process began. */
export interface DeliveryCounts {
  readonly delivered: number;
  readonly dead: number;
  /** Tries that failed and were, or will be, followed by another. */
  readonly retried: number;
  readonly doublesRemoved: number;
  /** Under way at this moment. */
  readonly underWay: number;
}

/**
 * The way of trainings to MLflow. What is accepted lies in the spool, and is delivered from there exactly once, whole:
 * by this process, or by the next one on the same folder. See `deliver` for how, and `Pace` for how fast.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #rechecks: Rechecks;
  readonly #backoff: ServerBackoff;
  readonly #attempts: Attempts;
  readonly #underWay = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #cut = new AbortController();
  readonly #counts = { delivered: 0, dead: 0, retried: 0, doublesRemoved: 0 };
  #alarm = new AbortController();

  constructor(options: DeliveriesOptions) {
    const { spool, quarantineMs, recheckMs, clock = systemClock } = options;
    this.#options = options;
    // Each call under way listens.
    setMaxListeners(0, this.#cut.signal);
    this.#clock = clock;
    this.#schedule = new Schedule(clock);
    this.#backoff = new ServerBackoff(clock);
    const { signal } = this.#cut;
    this.#rechecks = new Rechecks({ spool, clock, recheckMs, signal });
    this.#attempts = new Attempts({ spool, clock, quarantineMs, recheckMs, signal });
  }

  /** Takes up what the spool holds, and goes on with what is accepted. */
  start(): void {
    for (const id of this.#options.spool.pending()) {
      if (this.#schedule.get(id) === undefined) this.#schedule.add(id);
    }
    // Without a list there is no second look; the first one is what counts.
    this.#rechecks.takeUp().then(
      () => this.#wake(),
      () => {},
    );
    void this.#run();
  }

  /**
   * Begins no more deliveries, and waits for those under way; after the grace they are cut off. What is not delivered
   * stays in the spool.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    if (graceMs > 0) await this.#settled(graceMs);
    this.#cut.abort();
    await this.#settled(CUT_MS);
  }

  /**
   * Makes a training durable; when this resolves, it will be in MLflow.
   * @throws what the spool throws when it is full or cannot write
   */
  async accept(recorded: RecordedRun, kept: Kept): Promise<Accepted> {
    const { record, files } = recorded;
    const id = record.requestId;
    const document: SpooledDocument = { record, ...kept };
    await this.#options.spool.accept({ id, document, files, ...(kept.key && { key: kept.key.digest }) });
    const waiter = newWaiter();
    this.#schedule.add(id, recorded, waiter);
    // Where every place is taken, the next one that is free is what wakes.
    if (this.#hasPlace()) this.#wake();
    return { id, logged: waiter.logged };
  }

  /** Of a pending one the same as `accept` gave, in this process or in one before; undefined for any other. */
  logged(id: string): Promise<LoggedRun> | undefined {
    const entry = this.#schedule.get(id);
    if (entry === undefined) return undefined;
    entry.waiter ??= newWaiter();
    return entry.waiter.logged;
  }

  async find(id: string): Promise<DeliveryView | undefined> {
    return this.#view(await this.#options.spool.find(id));
  }

  /** @param digest of an Idempotency-Key */
  async findByKey(digest: string): Promise<DeliveryView | undefined> {
    return this.#view(await this.#options.spool.findByKey(digest));
  }

  /** Those of one state, or of all. */
  async list(state?: DeliveryState): Promise<DeliveryView[]> {
    const states = state === undefined ? (['dead', 'pending', 'delivered'] as const) : [state];
    const lists = await Promise.all(states.map((one) => this.#options.spool.list(one, LISTED_MAX)));
    return lists.flat().map((summary) => this.#view(summary)!);
  }

  /** Puts a dead letter back; false if there is none of that id. */
  async retry(id: string): Promise<boolean> {
    const { spool } = this.#options;
    if (!(await spool.revive(id))) return false;
    try {
      await spool.note(id, PARDON);
    } finally {
      this.#schedule.add(id);
      this.#wake();
    }
    return true;
  }

  counts(): DeliveryCounts {
    return { ...this.#counts, underWay: this.#underWay.size };
  }

  #view(summary: RecordSummary | undefined): DeliveryView | undefined {
    return summary && viewOf(summary, this.#schedule.get(summary.id));
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

  /** Begins what may be begun now. */
  #nextJob(): Promise<void> | undefined {
    if (!this.#hasPlace() || this.#backoff.waitMs() > 0) return undefined;
    const due = this.#rechecks.take();
    if (due !== undefined) return this.#recheck(due);
    const entry = this.#schedule.take();
    return entry && this.#try(entry);
  }

  /** A server that failed is tried by one at a time. */
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
      const server = this.#options.server();
      entry.attempts++;
      const outcome = await this.#attempts.run(server, entry).catch((error: unknown) => {
        // It may be another server by now, with other experiments.
        server.forget();
        throw error;
      });
      this.#backoff.succeeded();
      this.#schedule.remove(entry);
      if (outcome !== undefined) this.#end(entry, outcome);
    } catch (error) {
      this.#postpone(entry, error);
    } finally {
      entry.isUnderWay = false;
    }
  }

  #end({ id, waiter }: ScheduledDelivery, { logged, reason, runId, recheck }: DeliveryOutcome): void {
    if (recheck !== undefined) this.#rechecks.add(id);
    if (logged !== undefined) {
      this.#counts.delivered++;
      this.#report({ is: 'delivered', id, runId: logged.runId });
      waiter?.resolve(logged);
    } else if (reason !== undefined) {
      this.#counts.dead++;
      this.#report({ is: 'dead', id, reason, ...(runId !== undefined && { runId }) });
      waiter?.reject(refusedError(reason, runId));
    }
  }

  #postpone(entry: ScheduledDelivery, error: unknown): void {
    // What was cut off is taken up by the next process, and says nothing of MLflow.
    if (this.#cut.signal.aborted) return;
    const verdict = verdictOf(error);
    entry.lastError =
      verdict.is === 'doubtful' ? doubtAfter(entry.lastError, verdict.reason) : verdict.reason;
    if (verdict.is === 'damaged') {
      // The spool has put it with the dead letters.
      this.#schedule.remove(entry);
      this.#end(entry, { attempts: entry.attempts, reason: verdict.reason });
      return;
    }
    if (verdict.is === 'early') {
      this.#backoff.pause(EARLY_PAUSE_MS);
      return;
    }
    const inMs = pauseMs(entry.attempts);
    const now = this.#clock.now();
    entry.notBeforeMs = now + inMs;
    if (verdict.is === 'doubtful') {
      // The search was answered: MLflow is there.
      this.#backoff.succeeded();
      entry.notBeforeMs = Math.min(verdict.untilMs, entry.notBeforeMs);
    } else {
      this.#backoff.failed(entry.id, verdict.is === 'passing' ? verdict.askedMs : 0);
    }
    this.#counts.retried++;
    this.#report({ is: 'retried', id: entry.id, reason: verdict.reason, cause: error });
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

  /** When nothing is under way any more, but after so long at the latest. */
  async #settled(ms: number): Promise<void> {
    const over = new AbortController();
    const all = Promise.allSettled(this.#underWay);
    await Promise.race([all, this.#clock.sleep(ms, over.signal)]);
    over.abort();
  }
}

/** That something is in doubt says what is waited for; why it came to that, what to do about it. */
function doubtAfter(before: Reason | undefined, doubt: Reason): Reason {
  if (before?.code === doubt.code) return before;
  return before === undefined
    ? doubt
    : { ...doubt, message: `${doubt.message} Before that: ${before.message}` };
}
