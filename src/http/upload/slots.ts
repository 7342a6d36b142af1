import { BusyError, retryIn } from '../../errors.ts';

/** A file of ordinary size has come within a second. */
const RETRY = retryIn(1);

/** An upload that has a place, or wants one. */
export interface SlottedUpload {
  /** Bytes a second so far; Infinity where it is not its caller that is waited for. */
  bytesPerSecond(): number;
  /** Ends it, for it comes at fewer than so many bytes a second and another one wants its place. */
  giveWay(bytesPerSMin: number): void;
}

export interface SlotOptions {
  /** Uploads whose file arrives at the same time. */
  readonly atOnceMax: number;
  /** If all places are taken, a slower upload gives way to a new one. */
  readonly bytesPerSMin: number;
}

/** Places for uploads whose file is coming. */
export class UploadSlots {
  readonly #max: number;
  readonly #bytesPerSMin: number;
  readonly #taken = new Set<SlottedUpload>();

  constructor({ atOnceMax, bytesPerSMin }: SlotOptions) {
    this.#max = atOnceMax;
    this.#bytesPerSMin = bytesPerSMin;
  }

  /**
   * Where all places are taken, the slowest upload loses its own if it is too slow: a few callers who send a byte a
   * second would else keep all others out.
   * @throws BusyError where all places are taken
   */
  take(upload: SlottedUpload): void {
    if (this.#taken.size >= this.#max) this.#endSlowest();
    if (this.#taken.size >= this.#max) {
      throw new BusyError(
        'uploads_full',
        `${this.#max} uploads are under way, and no more are taken at once: ${RETRY.advice}.`,
        { limit: this.#max, actual: this.#taken.size + 1, ...RETRY.details },
      );
    }
    this.#taken.add(upload);
  }

  /** Also for an upload that has none. */
  free(upload: SlottedUpload): void {
    this.#taken.delete(upload);
  }

  #endSlowest(): void {
    const paced = [...this.#taken].map((upload) => ({ upload, pace: upload.bytesPerSecond() }));
    const slowest = paced.reduce((one, other) => (other.pace < one.pace ? other : one));
    if (slowest.pace >= this.#bytesPerSMin) return;
    this.#taken.delete(slowest.upload);
    slowest.upload.giveWay(this.#bytesPerSMin);
  }
}
