import type { ErrorData } from '../../values/errorData.ts';

/** A file of a record, by its path in the record. */
export interface RecordFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** A record as it is accepted. */
export interface NewRecord {
  /** A UUID in lower case. */
  readonly id: string;
  /** Plain JSON. */
  readonly document: unknown;
  readonly files: readonly RecordFile[];
  /** Digest of an Idempotency-Key, in hexadecimal digits. */
  readonly key?: string;
}

/** `dead` is a record that was buried with a reason, and waits for a person. */
export type RecordState = 'pending' | 'delivered' | 'dead';

/** A whole record. A delivered record has no files any more. */
export interface StoredRecord {
  readonly id: string;
  readonly acceptedAtMs: number;
  readonly document: unknown;
  readonly files: readonly RecordFile[];
  /** What `note` added, in that order. */
  readonly notes: readonly unknown[];
}

/** What a store says of a record without its files and its notes. */
export interface RecordSummary {
  readonly id: string;
  readonly state: RecordState;
  /** Milliseconds since 1970. */
  readonly acceptedAtMs: number;
  /** When the record was delivered or buried, in milliseconds since 1970. */
  readonly endedAtMs?: number;
  /** Undefined if the record cannot be read. */
  readonly document: unknown;
  /** The argument of `deliver`, `bury` or `amend`. */
  readonly outcome?: unknown;
  /** Why the record cannot be read: `record_damaged`, or `record_version` if a later trainpost wrote it. */
  readonly unreadable?: ErrorData;
}

/**
 * Keeps records until they are delivered, even if this process dies. Each record has one owner at a time: a
 * second process on the same store is refused, or is given other records.
 */
export interface RecordStore {
  /**
   * Checks that `accept` would take a record now.
   * @throws UnavailableError or StorageError as `accept`
   */
  checkRoom(): Promise<void>;
  /**
   * Takes a record. The record survives any crash once the promise resolves.
   * @throws UnavailableError if the store is full, StorageError if it cannot write
   */
  accept(record: NewRecord): Promise<void>;
  /** Ids of the pending records, the oldest first. */
  pending(): Promise<readonly string[]>;
  /**
   * Reads a whole record; undefined if the store has no record of that id. A damaged record becomes a dead letter.
   * @throws StorageError `record_damaged`, UnavailableError `record_version`
   */
  load(id: string): Promise<StoredRecord | undefined>;
  /** Adds a note to a pending record. The note survives any crash once the promise resolves. */
  note(id: string, note: unknown): Promise<void>;
  /** Ends a pending record well. A receipt without files remains. */
  deliver(id: string, outcome: unknown): Promise<void>;
  /** Ends a pending record badly. The whole record remains, with the outcome. */
  bury(id: string, outcome: unknown): Promise<void>;
  /** Replaces the outcome of a delivered record, and does nothing for any other. */
  amend(id: string, outcome: unknown): Promise<void>;
  /** Makes a dead record pending again; false if there is no dead record of that id. */
  revive(id: string): Promise<boolean>;
  /** @param id may come from a URL, and be any text */
  find(id: string): Promise<RecordSummary | undefined>;
  /** Finds the newest record that was accepted with a key. @param key may be any text */
  findByKey(key: string): Promise<RecordSummary | undefined>;
  /** Lists the records of a state: pending and dead ones the oldest first, delivered ones the newest first. */
  list(state: RecordState, max: number): Promise<readonly RecordSummary[]>;
}
