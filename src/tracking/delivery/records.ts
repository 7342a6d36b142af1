/** Temporary: the spool's interface. */
export interface NewRecord {
  readonly id: string;
  readonly document: unknown;
  readonly files: readonly { path: string; bytes: Buffer }[];
  readonly key?: string;
}
export type RecordState = 'pending' | 'delivered' | 'dead';
export interface SpooledRecord {
  readonly id: string;
  readonly acceptedAtMs: number;
  readonly document: unknown;
  readonly files: readonly { path: string; bytes: Buffer }[];
  readonly notes: readonly unknown[];
}
export interface RecordSummary {
  readonly id: string;
  readonly state: RecordState;
  readonly acceptedAtMs: number;
  readonly endedAtMs?: number;
  readonly document: unknown;
  readonly outcome?: unknown;
}
export interface Spool {
  accept(record: NewRecord): Promise<void>;
  pending(): readonly string[];
  load(id: string): Promise<SpooledRecord | undefined>;
  note(id: string, note: unknown): Promise<void>;
  deliver(id: string, outcome: unknown): Promise<void>;
  bury(id: string, outcome: unknown): Promise<void>;
  revive(id: string): Promise<boolean>;
  find(id: string): Promise<RecordSummary | undefined>;
  findByKey(key: string): Promise<RecordSummary | undefined>;
  list(state: RecordState, max: number): Promise<RecordSummary[]>;
}
