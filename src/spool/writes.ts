import { UnavailableError } from '../errors.ts';
import { storing } from './durable.ts';
import type { Entry } from './entries.ts';

/** About the time that a restart takes. */
const RETRY_AFTER_S = 5;

/** Runs every write of the spool: tracks it for `close`, checks the claim first, and translates errors of the system. */
export class Writes {
  readonly #check: () => Promise<void>;
  readonly #underWay = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(check: () => Promise<void>) {
    this.#check = check;
  }

  /**
   * Runs a piece of work that writes to the spool.
   * @param before work that must end first, well or badly
   * @throws UnavailableError `spool_closed`, `spool_lost`
   */
  async run<T>(work: () => Promise<T>, before?: Promise<unknown>): Promise<T> {
    if (this.#isClosed) {
      const details = { retryAfterS: RETRY_AFTER_S };
      throw new UnavailableError('spool_closed', 'The service is shutting down.', details);
    }
    const result = storing(async () => {
      await before;
      await this.#check();
      return await work();
    });
    this.#underWay.add(result);
    try {
      return await result;
    } finally {
      this.#underWay.delete(result);
    }
  }

  /** Runs the works on one record or job one after the other, in the order of their calls. */
  async inTurn<T>(entry: Pick<Entry, 'turn'>, work: () => Promise<T>): Promise<T> {
    const result = this.run(work, entry.turn);
    entry.turn = result.catch(() => undefined);
    return await result;
  }

  /** Refuses new work, and waits for the work under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#underWay);
  }
}
