import { StorageError, UnavailableError } from '../errors.ts';
import type { ErrorDetails } from '../values/errorData.ts';
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

/** The errors of a room that has no space. */
interface Refusals {
  full(
    limited: 'records' | 'bytes',
    details: Required<Pick<ErrorDetails, 'limit' | 'actual' | 'retryAfterS'>>,
  ): UnavailableError;
  /** For one record that is larger than the whole room. */
  tooLarge(limit: number, actual: number): StorageError;
}

/** Enforces the limits of the spool. Kept records, records that are being written, and free disk space count. */
export class Room {
  readonly #limits: RoomLimits;
  readonly #files: SpoolFiles;
  readonly #folder: string;
  readonly #kept: () => { readonly records: number; readonly bytes: number };
  readonly #refusals: Refusals;
  readonly #reserved = { records: 0, bytes: 0 };

  constructor(
    limits: RoomLimits,
    files: SpoolFiles,
    folder: string,
    kept: () => { readonly records: number; readonly bytes: number },
    refusals: Refusals = OF_RECORDS,
  ) {
    this.#limits = limits;
    this.#files = files;
    this.#folder = folder;
    this.#kept = kept;
    this.#refusals = refusals;
  }

  /**
   * Reserves the space of a record while it is written, so that no other record counts on the same space.
   * @throws UnavailableError `spool_full`, `spool_disk_low`; StorageError `record_too_large`; for jobs, `jobs_full` and `job_too_large`
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
    if (bytes > bytesMax) throw this.#refusals.tooLarge(bytesMax, bytes);
    const kept = this.#kept();
    const records = kept.records + this.#reserved.records + 1;
    if (records > recordsMax) throw this.#full('records', recordsMax, records);
    const total = kept.bytes + this.#reserved.bytes + bytes;
    if (total > bytesMax) throw this.#full('bytes', bytesMax, total);
  }

  #full(limited: 'records' | 'bytes', limit: number, actual: number): UnavailableError {
    return this.#refusals.full(limited, { limit, actual, retryAfterS: RETRY_AFTER_S });
  }
}

const OF_RECORDS: Refusals = {
  full: (limited, details) =>
    new UnavailableError(
      'spool_full',
      `The spool is full of runs that MLflow has not taken, dead letters included (${limited === 'records' ? 'SPOOL_RECORDS_MAX' : 'SPOOL_BYTES_MAX'}): retry when MLflow has taken some of them.`,
      details,
    ),
  tooLarge: (limit, actual) =>
    new StorageError(
      'record_too_large',
      `The record of this run has ${actual} bytes, and the spool takes at most ${limit}: raise SPOOL_BYTES_MAX.`,
      { limit, actual },
    ),
};

/** The errors of the room for jobs. A job here has not ended. */
export const OF_JOBS: Refusals = {
  full: (limited, details) =>
    new UnavailableError(
      'jobs_full',
      limited === 'records'
        ? `${details.limit} jobs wait or run, and there is no room for another: retry when one of them has ended.`
        : `The files of the jobs fill the ${details.limit} bytes that they may take: retry when some jobs have ended.`,
      details,
    ),
  tooLarge: (limit, actual) =>
    new StorageError(
      'job_too_large',
      `The files of this job have ${actual} bytes, and all jobs together may take ${limit}: send a smaller file, or compress it with gzip.`,
      { limit, actual },
    ),
};
