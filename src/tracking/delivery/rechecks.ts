import type { TrackingServer } from '../trackingServer.ts';
import { pauseMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import { readOutcome, readSummary } from './document.ts';
import { recheck } from './recheck.ts';
import type { RecordStore } from './recordStore.ts';
import { verdictOf } from './verdict.ts';

/** A recheck that fails is tried again so many times, with growing pauses; it is a second safety net. */
const TRIES_MAX = 20;
/** Records of one state that are looked through for the rechecks of an earlier process. */
const LOOKED_THROUGH_MAX = 1_000;
/** Another try would meet the same error. */
const FINAL: readonly string[] = ['refused', 'absent', 'damaged', 'unknown_version'];

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

/** Records that are delivered or dead, and are looked at once more some time later. */
export class Rechecks {
  readonly #options: RechecksOptions;
  /** In the order in which they are due. */
  readonly #due: ScheduledRecheck[] = [];

  constructor(options: RechecksOptions) {
    this.#options = options;
  }

  add(id: string, inMs = this.#options.recheckMs, tries = 0): void {
    const dueMs = this.#options.clock.now() + inMs;
    const after = this.#due.findLastIndex((other) => other.dueMs <= dueMs);
    this.#due.splice(after + 1, 0, { id, dueMs, tries });
  }

  /** Takes up the rechecks that an earlier process left. */
  async takeUp(): Promise<void> {
    const { store, clock, recheckMs } = this.#options;
    for (const state of ['delivered', 'dead'] as const) {
      for (const { id, outcome } of await store.list(state, LOOKED_THROUGH_MAX)) {
        const due = readOutcome(outcome)?.recheck;
        if (due === undefined) continue;
        this.add(id, Math.min(Math.max(0, due.atMs - clock.date()), recheckMs));
      }
    }
  }

  /** Takes the next recheck that is due now. */
  take(): ScheduledRecheck | undefined {
    return this.waitMs() === 0 ? this.#due.shift() : undefined;
  }

  /** How long until a recheck is due; Infinity if there is none. */
  waitMs(): number {
    const [first] = this.#due;
    const now = this.#options.clock.now();
    return first === undefined ? Number.POSITIVE_INFINITY : Math.max(0, first.dueMs - now);
  }

  /** Removes the doubles of one record, and gives their number. A failure is tried again later, and nothing is thrown. */
  async carryOut({ id, tries }: ScheduledRecheck, server: () => TrackingServer): Promise<number> {
    try {
      return await this.#recheck(server(), id);
    } catch (error) {
      const isOver = FINAL.includes(verdictOf(error).is) || tries + 1 >= TRIES_MAX;
      if (!isOver) this.add(id, pauseMs(tries + 1), tries + 1);
      return 0;
    }
  }

  async #recheck(server: TrackingServer, id: string): Promise<number> {
    const { store, signal } = this.#options;
    const summary = await store.find(id);
    if (summary === undefined || summary.state === 'pending') return 0;
    const { tree } = readSummary(summary);
    const known = readOutcome(summary.outcome);
    if (known?.experimentId === undefined || known.recheck === undefined) return 0;
    const { recheck: due, ...outcome } = known;
    const { experimentId, made } = known;
    const isDelivered = summary.state === 'delivered';
    const rechecked = { tree, experimentId, of: due.of, made, isDelivered };
    await server.found();
    const doubles = await recheck(server, server.client.bounded({ signal }), rechecked);
    // The outcome of a dead letter stays as it is: each process repeats its recheck once.
    await store.amend(id, outcome);
    return doubles;
  }
}
