import type { Spool } from '../../spool/spool.ts';
import type { TrackingServer } from '../trackingServer.ts';
import { pauseMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { Outcome, SpooledDocument } from './deliveryView.ts';
import { sweep } from './recheck.ts';
import { verdictOf } from './verdict.ts';

/** A sweep that fails is tried again so many times, with growing pauses; it is a second net. */
const TRIES_MAX = 20;
/** Records of one state that are looked through for sweeps that another process left. */
const LOOKED_THROUGH_MAX = 1_000;

export interface ScheduledSweep {
  readonly id: string;
  readonly dueMs: number;
  readonly tries: number;
}

export interface SweepsOptions {
  readonly spool: Spool;
  readonly clock: Clock;
  readonly sweepMs: number;
  /** Cuts the calls off. */
  readonly signal: AbortSignal;
}

/** Records that have left the queue, and are looked at once more some time later. */
export class Sweeps {
  readonly #options: SweepsOptions;
  /** The first one first. */
  readonly #due: ScheduledSweep[] = [];

  constructor(options: SweepsOptions) {
    this.#options = options;
  }

  add(id: string, inMs = this.#options.sweepMs, tries = 0): void {
    const dueMs = this.#options.clock.now() + inMs;
    const after = this.#due.findLastIndex((other) => other.dueMs <= dueMs);
    this.#due.splice(after + 1, 0, { id, dueMs, tries });
  }

  /** Takes up the sweeps that a process before this one left. */
  async takeUp(): Promise<void> {
    const { spool, clock, sweepMs } = this.#options;
    for (const state of ['delivered', 'dead'] as const) {
      for (const { id, outcome } of await spool.list(state, LOOKED_THROUGH_MAX)) {
        const { sweep: due } = (outcome ?? {}) as Partial<Outcome>;
        if (due === undefined) continue;
        this.add(id, Math.min(Math.max(0, due.atMs - clock.date()), sweepMs));
      }
    }
  }

  /** The next one that is due now. */
  take(): ScheduledSweep | undefined {
    return this.waitMs() === 0 ? this.#due.shift() : undefined;
  }

  /** How long until one is due; Infinity if there is none. */
  waitMs(): number {
    const [first] = this.#due;
    const now = this.#options.clock.now();
    return first === undefined ? Number.POSITIVE_INFINITY : Math.max(0, first.dueMs - now);
  }

  /** Removes the doubles of one record: how many there were. What fails is tried again later, and throws nothing. */
  async carryOut({ id, tries }: ScheduledSweep, server: () => TrackingServer): Promise<number> {
    try {
      return await this.#sweep(server(), id);
    } catch (error) {
      const { is } = verdictOf(error);
      const isOver = is === 'refused' || is === 'absent' || is === 'damaged' || tries + 1 >= TRIES_MAX;
      if (!isOver) this.add(id, pauseMs(tries + 1), tries + 1);
      return 0;
    }
  }

  async #sweep(server: TrackingServer, id: string): Promise<number> {
    const { spool, signal } = this.#options;
    const summary = await spool.find(id);
    if (summary === undefined || summary.state === 'pending') return 0;
    const { record } = summary.document as SpooledDocument;
    const { sweep: due, ...outcome } = summary.outcome as Outcome;
    const { experimentId, runId, modelId, logged } = outcome;
    if (experimentId === undefined || due === undefined) return 0;
    const doubles = await sweep(server, server.client.until(signal), {
      record,
      experimentId,
      of: due.of,
      ...(runId !== undefined && { runId }),
      ...(modelId !== undefined && { modelId }),
      ...(logged !== undefined && { modelVersion: logged.modelVersion }),
    });
    // A dead letter's is done once more by each process, as long as it lies there.
    await spool.amend(id, outcome);
    return doubles;
  }
}
