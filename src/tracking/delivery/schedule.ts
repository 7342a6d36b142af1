import type { ErrorData } from '../../values/errorData.ts';
import type { LoggedRun } from '../../values/run.ts';
import type { RecordedTree } from '../tree.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';

/** Records held in memory because somebody waits for them. Others are read back from the spool when it is their turn. */
const HELD_MAX = 32;
/** One start in so many is that of the oldest record, however many clients wait for newer records. */
const OLDEST_EVERY = 4;

/** A record on its way. For most records, memory holds no more than this. */
export interface ScheduledDelivery {
  readonly id: string;
  attempts: number;
  /** By the clock: the record is not tried before. */
  notBeforeMs: number;
  isUnderWay: boolean;
  lastError?: ErrorData;
  /** Known from the first try on. */
  experimentName?: string;
  /** Errors in a row that said something was gone. */
  absences: number;
  /** Until the first try. */
  held?: RecordedTree;
  /** From the first try on. */
  journal?: Journal;
  waiter?: Waiter;
}

/** The clients that wait for a record. */
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
  // When it fails, perhaps no client waits any more.
  logged.catch(() => {});
  return { logged, resolve, reject };
}

/** Which record is next: first the records that somebody waits for, then the oldest. */
export class Schedule {
  readonly #clock: Clock;
  /** The oldest first. */
  readonly #entries = new Map<string, ScheduledDelivery>();
  /** Held records that were not tried yet. */
  readonly #fresh = new Set<ScheduledDelivery>();
  #starts = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(id: string): ScheduledDelivery | undefined {
    return this.#entries.get(id);
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** @param held the record itself, if somebody waits for it */
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

  /** The next record that may be tried now, marked as under way. */
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

  /** Milliseconds until a record may be tried; Infinity without any record. */
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
