import { BusyError, retryIn } from '../../errors.ts';

/** A file of ordinary size arrives within a second. */
const RETRY = retryIn(1);

/** An upload that has a slot, or needs one. */
export interface SlottedUpload {
  /** Bytes per second so far; Infinity if the upload waits for the service, not for its client. */
  bytesPerSecond(): number;
  /** Ends the upload, because it is slower than this rate and another upload needs its slot. */
  giveWay(bytesPerSMin: number): void;
}

export interface SlotOptions {
  /** Most uploads whose file arrives at the same time. */
  readonly atOnceMax: number;
  /** If all slots are taken, a slower upload loses its slot to another upload. */
  readonly bytesPerSMin: number;
}

/** Slots for uploads whose file is arriving. */
export class UploadSlots {
  readonly #max: number;
  readonly #bytesPerSMin: number;
  readonly #taken = new Set<SlottedUpload>();

  constructor({ atOnceMax, bytesPerSMin }: SlotOptions) {
    this.#max = atOnceMax;
    this.#bytesPerSMin = bytesPerSMin;
  }

  /**
   * Gives the upload a slot. If all slots are taken, the slowest upload loses its slot, provided that it is too slow:
   * otherwise a few clients that send one byte per second would keep all others out.
   * @throws BusyError `uploads_full` if all slots are taken
   */
  take(upload: SlottedUpload): void {
    // A second file of the same form arrives in the slot of the first.
    if (this.#taken.has(upload)) return;
    if (this.#taken.size >= this.#max) this.#endSlowest();
    if (this.#taken.size >= this.#max) {
      throw new BusyError('uploads_full', `All ${this.#max} upload slots are taken: ${RETRY.advice}.`, {
        limit: this.#max,
        actual: this.#taken.size + 1,
        ...RETRY.details,
      });
    }
    this.#taken.add(upload);
  }

  /** Frees the upload's slot, if it has one. */
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
