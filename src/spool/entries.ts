import type { RecordName } from './layout.ts';

/** A record that is kept whole, as it is known in memory; the rest of it is on disk. */
export interface Entry extends RecordName {
  state: 'pending' | 'dead';
  /** Up to the end of its last whole line: the next one goes there. */
  bytes: number;
  /** When it was buried. */
  endedAtMs?: number;
  /** An fsync of this file failed: nothing may be written to it any more before it was written anew. */
  isSuspect: boolean;
  /** What is being done with the record; the next thing is done after it. */
  turn: Promise<unknown>;
}

/** The records that are kept whole: no more than the spool's limit, so that they fit in memory. */
export class Entries {
  readonly #byId = new Map<string, Entry>();
  readonly #byKey = new Map<string, Entry>();

  add(entry: Entry): void {
    this.#byId.set(entry.id, entry);
    if (entry.key !== undefined) this.#byKey.set(entry.key, entry);
  }

  remove(entry: Entry): void {
    this.#byId.delete(entry.id);
    if (entry.key !== undefined && this.#byKey.get(entry.key) === entry) this.#byKey.delete(entry.key);
  }

  get(id: string): Entry | undefined {
    return this.#byId.get(id);
  }

  getByKey(key: string): Entry | undefined {
    return this.#byKey.get(key);
  }

  all(): Iterable<Entry> {
    return this.#byId.values();
  }

  /** Oldest first. */
  inState(state: Entry['state']): Entry[] {
    return [...this.#byId.values()]
      .filter((entry) => entry.state === state)
      .sort((a, b) => a.acceptedAtMs - b.acceptedAtMs || (a.id < b.id ? -1 : 1));
  }

  totals(): { records: number; bytes: number } {
    let bytes = 0;
    for (const entry of this.#byId.values()) bytes += entry.bytes;
    return { records: this.#byId.size, bytes };
  }
}

export function newEntry(name: RecordName, state: Entry['state'], bytes: number): Entry {
  return { ...name, state, bytes, isSuspect: false, turn: Promise.resolve() };
}
