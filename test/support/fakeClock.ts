import type { Clock } from '../../src/tracking/delivery/clock.ts';

interface Sleeper {
  readonly untilMs: number;
  wake(): void;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #nowMs = 0;

  now(): number {
    return this.#nowMs;
  }

  date(): number {
    return 1_795_407_178_082 + this.#nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted || ms <= 0) return resolve();
      const sleeper: Sleeper = {
        untilMs: this.#nowMs + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', sleeper.wake);
    });
  }

  /** Calls `act` at the given time. */
  at(ms: number, act: () => void): void {
    void this.sleep(ms - this.#nowMs, new AbortController().signal).then(act);
  }

  /** Moves to the next time that somebody waits for; false if nobody waits. */
  step(): boolean {
    const next = Math.min(...[...this.#sleepers].map(({ untilMs }) => untilMs));
    if (next === Number.POSITIVE_INFINITY) return false;
    this.#nowMs = next;
    for (const sleeper of [...this.#sleepers]) if (sleeper.untilMs <= next) sleeper.wake();
    return true;
  }
}
