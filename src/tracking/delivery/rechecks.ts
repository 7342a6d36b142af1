import type { TrackingServer } from '../trackingServer.ts';
import { pauseMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { DeliveryOutcome, SpooledDocument } from './deliveryView.ts';
import { recheck } from './recheck.ts';
import type { RecordStore } from './recordStore.ts';
import { verdictOf } from './verdict.ts';

/** A recheck that fails is tried again so many times, with growing pauses; it is a second net. */
const TRIES_MAX = 20;
/** Records of one state that are looked through for rechecks that another process left. */
const LOOKED_THROUGH_MAX = 1_000;

export interface ScheduledRecheck {
  readonly id: string;
  readonly dueMs: number;
  readonly tries: number;
}

export interface RechecksOptions {
  readonly store: RecordStore;
  readonly clock: Clock;
  readonly recheckMs: number;
  /** Cuts the calls off. */
  readonly signal: AbortSignal;
}

/** Records that have left the queue, and are looked at once more some time later. */
export class Rechecks {
  readonly #options: RechecksOptions;
  /** The first one first. */
  readonly #due: ScheduledRecheck[] = [];

  constructor(options: RechecksOptions) {
    this.#options = options;
  }

  add(id: string, inMs = this.#options.recheckMs, tries = 0): void {
    const dueMs = this.#options.clock.now() + inMs;
    const after = this.#due.findLastIndex((other) => other.dueMs <= dueMs);
    this.#due.splice(after + 1, 0, { id, dueMs, tries });
  }

  /** Takes up the rechecks that a process before this one left. */
  async takeUp(): Promise<void> {
    const { store, clock, recheckMs } = this.#options;
    for (const state of ['delivered', 'dead'] as const) {
      for (const { id, outcome } of await store.list(state, LOOKED_THROUGH_MAX)) {
        const { recheck: due } = (outcome ?? {}) as Partial<DeliveryOutcome>;
        if (due === undefined) continue;
        this.add(id, Math.min(Math.max(0, due.atMs - clock.date()), recheckMs));
      }
    }
  }

  /** The next one that is due now. */
  take(): ScheduledRecheck | undefined {
    return this.waitMs() === 0 ? this.#due.shift() : undefined;
  }

  /** How long until one is due; Infinity if there is none. */
  waitMs(): number {
    const [first] = this.#due;
    const now = this.#options.clock.now();
    return first === undefined ? Number.POSITIVE_INFINITY : Math.max(0, first.dueMs - now);
  }

  /** Removes the doubles of one record: how many there were. What fails is tried again later, and throws nothing. */
  async carryOut({ id, tries }: ScheduledRecheck, server: () => TrackingServer): Promise<number> {
    try {
      return await this.#recheck(server(), id);
    } catch (error) {
      const { is } = verdictOf(error);
      const isOver = is === 'refused' || is === 'absent' || is === 'damaged' || tries + 1 >= TRIES_MAX;
      if (!isOver) this.add(id, pauseMs(tries + 1), tries + 1);
      return 0;
    }
  }

  async #recheck(server: TrackingServer, id: string): Promise<number> {
    const { store, signal } = this.#options;
    const summary = await store.find(id);
    if (summary === undefined || summary.state === 'pending') return 0;
    const { record } = summary.document as SpooledDocument;
    const { recheck: due, ...outcome } = summary.outcome as DeliveryOutcome;
    const { experimentId, runId, modelId, logged } = outcome;
    if (experimentId === undefined || due === undefined) return 0;
    const doubles = await recheck(server, server.client.until(signal), {
      record,
      experimentId,
      of: due.of,
      ...(runId !== undefined && { runId }),
      ...(modelId !== undefined && { modelId }),
      ...(logged !== undefined && { modelVersion: logged.modelVersion }),
    });
    // A dead letter's is done once more by each process, as long as it lies there.
    await store.amend(id, outcome);
    return doubles;
  }
}
