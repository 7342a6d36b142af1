import type { RecordName } from './layout.ts';

/** What memory holds of a record that is kept whole. The content is on disk. */
export interface Entry extends RecordName {
  state: 'pending' | 'dead';
  /** Length up to the end of the last whole line, in bytes. The next line is written there. */
  bytes: number;
  /** When the record was buried, in milliseconds since 1970. */
  endedAtMs?: number;
  /** Another version of trainpost wrote the record, in a form that this version does not know. The record stays as it is. */
  isOfOtherVersion: boolean;
  /** An fsync of this file failed. The file must be written anew before a line is added. */
  isSuspect: boolean;
  /** Ends when the current work on the record ends. The next work on the record waits for it. */
  turn: Promise<unknown>;
}

export interface SpoolStats {
  readonly pending: number;
  readonly dead: number;
  /** Bytes of the pending and the dead records. */
  readonly bytes: number;
  /** When the oldest pending record was accepted, in milliseconds since 1970. */
  readonly oldestAcceptedAtMs?: number;
}

/** The records that are kept whole. The limits of the spool bound their number, so that they fit in memory. */
export class Entries {
  readonly #byId = new Map<string, Entry>();
  /** Bytes of all entries. Kept as a running total, because each training asks for it. */
  #bytes = 0;

  add(entry: Entry): void {
    this.#byId.set(entry.id, entry);
    this.#bytes += entry.bytes;
  }

  remove(entry: Entry): void {
    if (this.#byId.delete(entry.id)) this.#bytes -= entry.bytes;
  }

  /** Counts bytes that were added to a record's file. */
  lengthen(entry: Entry, bytes: number): void {
    entry.bytes += bytes;
    if (this.#byId.get(entry.id) === entry) this.#bytes += bytes;
  }

  get(id: string): Entry | undefined {
    return this.#byId.get(id);
  }

  /** Finds the newest record of a key. */
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

  /** The entries of a state, oldest first. */
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
