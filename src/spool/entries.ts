import type { RecordName } from './layout.ts';

/** A record that is kept whole, as it is known in memory; the rest of it is on disk. */
export interface Entry extends RecordName {
  state: 'pending' | 'dead';
  /** Up to the end of its last whole line: the next one goes there. */
  bytes: number;
  /** When it was buried. */
  endedAtMs?: number;
  /** Another version of trainpost wrote the record, in a form that is unknown here: it is left as it is. */
  isOfOtherVersion: boolean;
  /** An fsync of this file failed: nothing may be written to it any more before it was written anew. */
  isSuspect: boolean;
  /** What is being done with the record; the next thing is done after it. */
  turn: Promise<unknown>;
}

export interface SpoolStats {
  readonly pending: number;
  readonly dead: number;
  /** Bytes of the pending and the dead records. */
  readonly bytes: number;
  /** When the oldest pending record was accepted. */
  readonly oldestAcceptedAtMs?: number;
}

/** The records that are kept whole: no more than the spool's limit, so that they fit in memory. */
export class Entries {
  readonly #byId = new Map<string, Entry>();
  /** Counted as they come and go, for each training asks for it. */
  #bytes = 0;

  add(entry: Entry): void {
    this.#byId.set(entry.id, entry);
    this.#bytes += entry.bytes;
  }

  remove(entry: Entry): void {
    if (this.#byId.delete(entry.id)) this.#bytes -= entry.bytes;
  }

  /** So many bytes were added to its file. */
  lengthen(entry: Entry, bytes: number): void {
    entry.bytes += bytes;
    if (this.#byId.get(entry.id) === entry) this.#bytes += bytes;
  }

  get(id: string): Entry | undefined {
    return this.#byId.get(id);
  }

  /** The newest one of that key. */
  getByKey(key: string): Entry | undefined {
    let newest: Entry | undefined;
    for (const entry of this.#byId.values()) {
      if (entry.key === key && entry.acceptedAtMs > (newest?.acceptedAtMs ?? 0)) newest = entry;
    }
    return newest;
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

  stats(): SpoolStats {
    const pending = this.inState('pending');
    const { records, bytes } = this.totals();
    const oldest = pending[0];
    return {
      pending: pending.length,
      dead: records - pending.length,
      bytes,
      ...(oldest && { oldestAcceptedAtMs: oldest.acceptedAtMs }),
    };
  }

  totals(): { records: number; bytes: number } {
    return { records: this.#byId.size, bytes: this.#bytes };
  }
}

export function newEntry(name: RecordName, state: Entry['state'], bytes: number): Entry {
  return { ...name, state, bytes, isOfOtherVersion: false, isSuspect: false, turn: Promise.resolve() };
}
