import { UnavailableError } from '../errors.ts';
import { storing } from './durable.ts';
import type { Entry } from './entries.ts';

/** How long a restart takes, about. */
const RETRY_AFTER_S = 5;

/** Every write of the spool goes through here: it is known of, it has the claim, and errors that say what to do. */
export class Writes {
  readonly #check: () => Promise<void>;
  readonly #underWay = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(check: () => Promise<void>) {
    this.#check = check;
  }

  /**
   * @param before what has to end first, well or badly.
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

  /** One thing at a time is done with a record, in the order in which they were asked for. */
  async inTurn<T>(entry: Entry, work: () => Promise<T>): Promise<T> {
    const result = this.run(work, entry.turn);
    entry.turn = result.catch(() => undefined);
    return await result;
  }

  /** Takes no more, and waits for those under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#underWay);
  }
}
