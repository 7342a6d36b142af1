import { StorageError, UnavailableError } from '../errors.ts';
import type { SpoolFiles } from './files.ts';

/** Records leave the spool when MLflow takes them. An MLflow that was down is seldom back sooner. */
const RETRY_AFTER_S = 30;
const PERCENT = 100;

interface RoomLimits {
  readonly recordsMax: number;
  readonly bytesMax: number;
  /** Share of the disk that stays free, from 0 to 1. */
  readonly diskFreeMin: number;
}

/** Enforces the limits of the spool. Kept records, records that are being written, and free disk space count. */
export class Room {
  readonly #limits: RoomLimits;
  readonly #files: SpoolFiles;
  readonly #folder: string;
  readonly #kept: () => { readonly records: number; readonly bytes: number };
  readonly #reserved = { records: 0, bytes: 0 };

  constructor(
    limits: RoomLimits,
    files: SpoolFiles,
    folder: string,
    kept: () => { readonly records: number; readonly bytes: number },
  ) {
    this.#limits = limits;
    this.#files = files;
    this.#folder = folder;
    this.#kept = kept;
  }

  /**
   * Reserves the space of a record while it is written, so that no other record counts on the same space.
   * @throws UnavailableError `spool_full`, `spool_disk_low`; StorageError `record_too_large`
   */
  async reserving<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    this.#checkLimits(bytes);
    this.#reserved.records++;
    this.#reserved.bytes += bytes;
    try {
      await this.checkDisk();
      return await work();
    } finally {
      this.#reserved.records--;
      this.#reserved.bytes -= bytes;
    }
  }

  /** Throws as `reserving` would for a record of one byte, because the real size is not known yet. */
  async check(): Promise<void> {
    this.#checkLimits(1);
    await this.checkDisk();
  }

  /** @throws UnavailableError `spool_disk_low` */
  async checkDisk(): Promise<void> {
    const { bytes, freeBytes } = await this.#files.space(this.#folder);
    const { diskFreeMin } = this.#limits;
    const free = (freeBytes - this.#reserved.bytes) / bytes;
    // If no share must stay free, the disk itself reports that it is full.
    if (diskFreeMin === 0 || free >= diskFreeMin) return;
    const [limit, actual] = [diskFreeMin, Math.max(0, free)].map((share) => Math.floor(share * PERCENT));
    throw new UnavailableError(
      'spool_disk_low',
      `Only ${actual} % of the spool's disk is free, and ${limit} % must stay free: free some space on it, or lower SPOOL_DISK_FREE_PERCENT_MIN.`,
      { limit: limit!, actual: actual!, retryAfterS: RETRY_AFTER_S },
    );
  }

  #checkLimits(bytes: number): void {
    const { recordsMax, bytesMax } = this.#limits;
    if (bytes > bytesMax) {
      throw new StorageError(
        'record_too_large',
        `The record of this run has ${bytes} bytes, and the spool takes at most ${bytesMax}: raise SPOOL_BYTES_MAX.`,
        { limit: bytesMax, actual: bytes },
      );
    }
    const kept = this.#kept();
    const records = kept.records + this.#reserved.records + 1;
    if (records > recordsMax) throw full('SPOOL_RECORDS_MAX', recordsMax, records);
    const total = kept.bytes + this.#reserved.bytes + bytes;
    if (total > bytesMax) throw full('SPOOL_BYTES_MAX', bytesMax, total);
  }
}

function full(setting: string, limit: number, actual: number): UnavailableError {
  return new UnavailableError(
    'spool_full',
    `The spool is full of runs that MLflow has not taken, dead letters included (${setting}): retry when MLflow has taken some of them.`,
    { limit, actual, retryAfterS: RETRY_AFTER_S },
  );
}
