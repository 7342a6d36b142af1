import { BusyError } from '../errors.ts';

/** A file of ordinary size has come within a second. */
const RETRY_AFTER_S = 1;

/** Places for uploads whose file is coming. */
export class Places {
  readonly #max: number;
  readonly #taken = new Set<object>();

  constructor(max: number) {
    this.#max = max;
  }

  /** @throws BusyError where all places are taken */
  take(upload: object): void {
    if (this.#taken.size >= this.#max) {
      throw new BusyError(
        'uploads_full',
        `${this.#max} uploads are under way, and no more are taken at once: try again in ${RETRY_AFTER_S} s.`,
        { limit: this.#max, actual: this.#taken.size + 1, retryAfterS: RETRY_AFTER_S },
      );
    }
    this.#taken.add(upload);
  }

  /** Also for an upload that has none. */
  free(upload: object): void {
    this.#taken.delete(upload);
  }
}
