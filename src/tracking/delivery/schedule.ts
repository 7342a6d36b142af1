import type { ErrorData } from '../../values/errorData.ts';
import type { LoggedRun } from '../../values/run.ts';
import type { RecordedTree } from '../tree.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';

/** Records held in memory for those who wait; more are read back from the spool when it is their turn. */
const HELD_MAX = 32;
/** One start in so many is the oldest's, however many wait for newer ones. */
const OLDEST_EVERY = 4;

/** A record on its way. Only of few is there more than this in memory. */
export interface ScheduledDelivery {
  readonly id: string;
  attempts: number;
  /** By the clock: not to be tried before. */
  notBeforeMs: number;
  isUnderWay: boolean;
  lastError?: ErrorData;
  /** Errors in a row that said something was gone. */
  absences: number;
  /** Until the first try. */
  held?: RecordedTree;
  /** From the first try on. */
  journal?: Journal;
  waiter?: Waiter;
}

/** Whoever waits for a record. */
interface Waiter {
  readonly logged: Promise<LoggedRun>;
  resolve(logged: LoggedRun): void;
  reject(error: Error): void;
}

/** A promise, and what settles it. */
export function newWaiter(): Waiter {
  let resolve: Waiter['resolve'] = () => {};
  let reject: Waiter['reject'] = () => {};
  const logged = new Promise<LoggedRun>((...both) => {
    [resolve, reject] = both;
  });
  // Nobody may be waiting any more when it fails.
  logged.catch(() => {});
  return { logged, resolve, reject };
}

/** Which record is next: those that somebody waits for, then the oldest. */
export class Schedule {
  readonly #clock: Clock;
  /** The oldest first. */
  readonly #entries = new Map<string, ScheduledDelivery>();
  /** Held ones that were not tried yet. */
  readonly #fresh = new Set<ScheduledDelivery>();
  #starts = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(id: string): ScheduledDelivery | undefined {
    return this.#entries.get(id);
  }

  /** @param held the record itself, where somebody waits for it */
  add(id: string, held?: RecordedTree, waiter?: Waiter): ScheduledDelivery {
    const isHeld = held !== undefined && this.#fresh.size < HELD_MAX;
    const entry: ScheduledDelivery = {
      id,
      attempts: 0,
      notBeforeMs: Number.NEGATIVE_INFINITY,
      isUnderWay: false,
      absences: 0,
      ...(isHeld && { held }),
      ...(waiter !== undefined && { waiter }),
    };
    this.#entries.set(id, entry);
    if (isHeld) this.#fresh.add(entry);
    return entry;
  }

  remove(entry: ScheduledDelivery): void {
    this.#entries.delete(entry.id);
    this.#fresh.delete(entry);
  }

  /** The next one that may be tried now, marked as under way. */
  take(): ScheduledDelivery | undefined {
    const isOldestsTurn = this.#starts % OLDEST_EVERY === OLDEST_EVERY - 1;
    const [fresh] = this.#fresh;
    const entry = isOldestsTurn ? (this.#oldest() ?? fresh) : (fresh ?? this.#oldest());
    if (entry === undefined) return undefined;
    this.#starts++;
    this.#fresh.delete(entry);
    entry.isUnderWay = true;
    return entry;
  }

  /** How long until one may be tried; Infinity if there is none. */
  waitMs(): number {
    const now = this.#clock.now();
    let earliest = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries.values()) {
      if (!entry.isUnderWay) earliest = Math.min(earliest, entry.notBeforeMs);
      if (earliest <= now) return 0;
    }
    return earliest - now;
  }

  #oldest(): ScheduledDelivery | undefined {
    const now = this.#clock.now();
    for (const entry of this.#entries.values()) {
      if (!entry.isUnderWay && entry.notBeforeMs <= now) return entry;
    }
    return undefined;
  }
}
