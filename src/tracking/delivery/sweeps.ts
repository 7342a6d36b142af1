import type { Clock } from './clock.ts';

/** A record that is to be looked at once more. */
export interface DueSweep {
  readonly id: string;
  readonly dueMs: number;
  readonly attempts: number;
}

/** Sweeps that are due some time, the first one first. */
export class Sweeps {
  readonly #clock: Clock;
  readonly #due: DueSweep[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(id: string, inMs: number, attempts = 0): void {
    const dueMs = this.#clock.now() + inMs;
    const after = this.#due.findLastIndex((other) => other.dueMs <= dueMs);
    this.#due.splice(after + 1, 0, { id, dueMs, attempts });
  }

  /** The next one that is due now. */
  take(): DueSweep | undefined {
    return this.waitMs() === 0 ? this.#due.shift() : undefined;
  }

  /** How long until one is due; Infinity if there is none. */
  waitMs(): number {
    const [first] = this.#due;
    return first === undefined ? Number.POSITIVE_INFINITY : Math.max(0, first.dueMs - this.#clock.now());
  }
}
