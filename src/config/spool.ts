import { z } from 'zod';
import { wholeNumber } from './kinds.ts';

export interface SpoolConfig {
  /** Where trainings lie until MLflow has them; one folder a process. */
  readonly dir: string;
  /** The most that is kept whole: trainings that wait, and dead letters. */
  readonly recordsMax: number;
  readonly bytesMax: number;
  /** Share of the disk that stays free, 0 to 1. */
  readonly diskFreeMin: number;
  /** How long it is known of a delivered training that it was, and under which Idempotency-Key. */
  readonly keptMs: number;
  readonly deadKeptMs: number;
}

/** An hour's outage at a training every four seconds. */
const RECORDS_MAX = 1_000;
/** 1 GB: a thousand records of a megabyte, twenty times what one has as a rule. */
const BYTES_MAX = 1_000_000_000;
/** Below a tenth free, file systems get slow and their administrators nervous. */
const DISK_FREE_PERCENT_MIN = 10;
/** A day: whoever repeats a request, repeats it sooner. */
const KEPT_MS = 24 * 3_600_000;
/** 30 days: a dead letter waits for a person, who may be away. */
const DEAD_KEPT_MS = 30 * 24 * 3_600_000;
const YEAR_MS = 366 * 24 * 3_600_000;
const PERCENT = 100;

export const spoolSettings = {
  SPOOL_DIR: z.string().default('spool'),
  SPOOL_RECORDS_MAX: wholeNumber(1, 100_000).default(RECORDS_MAX),
  SPOOL_BYTES_MAX: wholeNumber(1, 100_000_000_000_000).default(BYTES_MAX),
  SPOOL_DISK_FREE_PERCENT_MIN: wholeNumber(0, 99).default(DISK_FREE_PERCENT_MIN),
  SPOOL_KEPT_MS: wholeNumber(1_000, YEAR_MS).default(KEPT_MS),
  SPOOL_DEAD_KEPT_MS: wholeNumber(1_000, YEAR_MS).default(DEAD_KEPT_MS),
};

const settings = z.object(spoolSettings);

export function spoolConfig(vars: z.output<typeof settings>): SpoolConfig {
  return {
    dir: vars.SPOOL_DIR,
    recordsMax: vars.SPOOL_RECORDS_MAX,
    bytesMax: vars.SPOOL_BYTES_MAX,
    diskFreeMin: vars.SPOOL_DISK_FREE_PERCENT_MIN / PERCENT,
    keptMs: vars.SPOOL_KEPT_MS,
    deadKeptMs: vars.SPOOL_DEAD_KEPT_MS,
  };
}
