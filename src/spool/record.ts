import type { RecordFile } from './envelope.ts';

export interface NewRecord {
  /** A UUID in small letters. */
  readonly id: string;
  /** Plain JSON. */
  readonly document: unknown;
  readonly files: readonly RecordFile[];
  /** Hex digest of an Idempotency-Key. */
  readonly key?: string;
}

export type RecordState = 'pending' | 'delivered' | 'dead';

/** A record, whole; of a delivered one the files are gone. */
export interface SpooledRecord {
  readonly id: string;
  readonly acceptedAtMs: number;
  readonly document: unknown;
  readonly files: readonly RecordFile[];
  readonly notes: readonly unknown[];
}

export interface RecordSummary {
  readonly id: string;
  readonly state: RecordState;
  readonly acceptedAtMs: number;
  /** When it was delivered or buried. */
  readonly endedAtMs?: number;
  /** Undefined where the record is damaged. */
  readonly document: unknown;
  /** What `deliver` or `bury` was told. */
  readonly outcome?: unknown;
  /** Why it cannot be read. */
  readonly damaged?: string;
}

export interface SpoolStats {
  readonly pending: number;
  readonly dead: number;
  /** Of both. */
  readonly bytes: number;
  /** Of those that are pending. */
  readonly oldestAcceptedAtMs?: number;
}
