import { join } from 'node:path';
import { StorageError } from '../errors.ts';
import { removeQuietly } from '../system/plainFiles.mjs';
import type {
  NewRecord,
  RecordState,
  RecordStore,
  RecordSummary,
  StoredRecord,
} from '../tracking/delivery/recordStore.ts';
import { Claim } from './claim.ts';
import { opening, storing, writeNew } from './durable.ts';
import { Entries, type Entry, newEntry, type SpoolStats } from './entries.ts';
import { type Envelope, encode, isDamage } from './envelope.ts';
import { realFiles, type SpoolFiles } from './files.ts';
import { isId, isKey, type Layout, layoutOf } from './layout.ts';
import { Receipts } from './receipts.ts';
import { Records } from './records.ts';
import { makeFolders, restore } from './restore.ts';
import { Room } from './room.ts';
import { Summaries } from './summaries.ts';
import { Writes } from './writes.ts';

export interface SpoolOptions {
  /** A folder that no other process uses. */
  readonly dir: string;
  /** The most records that are kept whole: pending records and dead letters. */
  readonly recordsMax: number;
  readonly bytesMax: number;
  /** Share of the disk that stays free, from 0 to 1. */
  readonly diskFreeMin: number;
  /** How long receipts of delivered records stay. */
  readonly keptMs: number;
  /** How long dead letters stay. */
  readonly deadKeptMs: number;
  /** The file operations; a test replaces them. */
  readonly files?: SpoolFiles;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

/**
 * Keeps records on disk until they are delivered. One record is one file, and its state is the folder that holds the file.
 * A change of state is one rename. Once `accept` has resolved, the whole record is on the disk and survives any crash.
 */
export class Spool implements RecordStore {
  readonly #options: SpoolOptions;
  readonly #files: SpoolFiles;
  readonly #clock: () => number;
  readonly #layout: Layout;
  readonly #entries = new Entries();
  readonly #records: Records;
  readonly #receipts: Receipts;
  readonly #summaries: Summaries;
  readonly #room: Room;
  /** Checks that this process still has the folder. @throws UnavailableError `spool_lost` */
  readonly checkClaim = async () => this.#claim?.check();
  readonly #writes = new Writes(this.checkClaim);
  /** Delivered records whose files are still there, because the disk refused to remove them. */
  readonly #leftovers = new Set<Entry>();
  #claim?: Claim;
  #lastAcceptedAtMs = 0;

  private constructor(options: SpoolOptions) {
    this.#options = options;
    this.#files = options.files ?? realFiles;
    this.#clock = options.clock ?? Date.now;
    this.#layout = layoutOf(options.dir);
    this.#records = new Records(this.#files, this.#layout, this.#entries);
    this.#receipts = new Receipts(this.#files, this.#layout);
    this.#summaries = new Summaries(this.#entries, this.#records, this.#receipts);
    this.#room = new Room(options, this.#files, options.dir, () => this.#entries.totals());
  }

  /**
   * Opens the folder, or makes it, and reads the records that an earlier process left in it.
   * @throws ConfigError `spool_in_use` if another process has the folder; `spool_dir` if it cannot be written
   */
  static async open(options: SpoolOptions): Promise<Spool> {
    const spool = new Spool(options);
    await opening(options.dir, () => spool.#take());
    return spool;
  }

  /**
   * Takes a record. The record is on the disk once the promise resolves.
   * @throws UnavailableError `spool_full`, `spool_disk_low`; StorageError `disk_full`, `spool_write_failed`, `record_too_large`
   */
  async accept({ id, key, document, files }: NewRecord): Promise<void> {
    if (!isId(id)) throw new TypeError(`${id} is not a UUID in lower case.`);
    if (this.#entries.get(id) !== undefined) throw new TypeError(`The spool already has a record ${id}.`);
    if (key !== undefined && !isKey(key)) throw new TypeError(`${key} is not a hex digest.`);
    await this.#writes.run(async () => {
      // Later than every record before it. The order of acceptance is then the order of time, also after a restart.
      const acceptedAtMs = Math.max(this.#clock(), this.#lastAcceptedAtMs + 1);
      this.#lastAcceptedAtMs = acceptedAtMs;
      const head = { id, acceptedAtMs, ...(key !== undefined && { key }) };
      const bytes = encode(head, document, files);
      const entry = newEntry(head, 'pending', bytes.length);
      await this.#room.reserving(bytes.length, async () => {
        await this.#records.create(entry, bytes);
        this.#entries.add(entry);
      });
    });
  }

  /** Throws what `accept` would throw if the spool is full, before a training computes in vain. */
  async checkRoom(): Promise<void> {
    await this.#writes.run(() => this.#room.check());
  }

  /** Ids of the pending records, oldest first. */
  async pending(): Promise<readonly string[]> {
    return this.#entries.inState('pending').map(({ id }) => id);
  }

  /**
   * Reads a whole record; undefined if there is no record of that id. A damaged pending record is buried.
   * @throws StorageError `record_damaged`, UnavailableError `record_version`
   */
  async load(id: string): Promise<StoredRecord | undefined> {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      const receipt = isId(id) ? await storing(() => this.#receipts.find(id)) : undefined;
      return receipt && toRecord(receipt);
    }
    return await this.#writes.inTurn(entry, async () => {
      try {
        const envelope = await this.#records.read(entry);
        if (envelope === undefined) this.#entries.remove(entry);
        return envelope && toRecord(envelope);
      } catch (error) {
        if (isDamage(error) && entry.state === 'pending') {
          entry.endedAtMs = this.#clock();
          await this.#records.move(entry, 'dead');
        }
        throw error;
      }
    });
  }

  /** Adds a note to a pending record, durably. @throws StorageError if the note is perhaps not on the disk */
  async note(id: string, note: unknown): Promise<void> {
    const entry = this.#pending(id);
    await this.#writes.inTurn(entry, async () => {
      this.#pending(id);
      await this.#records.append(entry, { note });
    });
  }

  /** Ends a pending record well. A receipt without files remains. Does nothing if the record was delivered before. */
  async deliver(id: string, outcome: unknown): Promise<void> {
    if (this.#entries.get(id) === undefined && (await this.find(id)) !== undefined) return;
    const entry = this.#pending(id);
    await this.#writes.inTurn(entry, async () => {
      if (this.#entries.get(id) !== entry) return;
      const envelope = await this.#records.read(entry);
      if (envelope === undefined) throw new StorageError('record_damaged', `Record ${id} is gone.`);
      await this.#receipts.put(envelope, { atMs: this.#clock(), outcome });
      // The record is delivered. If its file stays, the next start finds the receipt and removes the file.
      this.#entries.remove(entry);
      this.#leftovers.add(entry);
      await this.#clearLeftovers().catch(() => undefined);
    });
  }

  /** Replaces the outcome of a receipt. */
  async amend(id: string, outcome: unknown): Promise<void> {
    await this.#writes.run(() => this.#receipts.amend(id, outcome));
  }

  /** Ends a pending record badly. The whole record remains, with the reason. Does nothing if the record is dead already. */
  async bury(id: string, outcome: unknown): Promise<void> {
    if (this.#entries.get(id)?.state === 'dead') return;
    const entry = this.#pending(id);
    await this.#writes.inTurn(entry, async () => {
      if (entry.state === 'dead') return;
      this.#pending(id);
      const end = { atMs: this.#clock(), outcome };
      await this.#records.append(entry, { end });
      entry.endedAtMs = end.atMs;
      await this.#records.move(entry, 'dead');
    });
  }

  /**
   * Makes a dead letter pending again; false if there is no dead letter of that id.
   * @throws StorageError `record_damaged` if the record cannot be delivered
   */
  async revive(id: string): Promise<boolean> {
    const entry = this.#entries.get(id);
    if (entry?.state !== 'dead') return false;
    return await this.#writes.inTurn(entry, async () => {
      if (entry.state !== 'dead') return false;
      if ((await this.#records.read(entry)) === undefined) {
        this.#entries.remove(entry);
        return false;
      }
      await this.#records.move(entry, 'pending');
      return true;
    });
  }

  async find(id: string): Promise<RecordSummary | undefined> {
    return await storing(() => this.#summaries.find(id));
  }

  /** Finds the record of an Idempotency-Key, as long as the record or its receipt is kept. */
  async findByKey(key: string): Promise<RecordSummary | undefined> {
    return await storing(() => this.#summaries.findByKey(key));
  }

  /** Lists the records of a state: pending and dead records oldest first, delivered records newest first. */
  async list(state: RecordState, max: number): Promise<RecordSummary[]> {
    return await storing(() => this.#summaries.list(state, max));
  }

  stats(): SpoolStats {
    return this.#entries.stats();
  }

  /** Writes and removes a small file. @throws UnavailableError, StorageError as `accept` */
  async probe(): Promise<void> {
    await this.#writes.run(async () => {
      await this.#room.checkDisk();
      const path = join(this.#layout.incoming, `probe-${this.#clock()}`);
      try {
        await writeNew(this.#files, path, { bytes: Buffer.of(0), modifiedAtMs: this.#clock() });
      } finally {
        await removeQuietly(this.#files, path);
      }
    });
  }

  /** Removes receipts and dead letters whose time is over. */
  async clearKept(): Promise<void> {
    await this.#writes.run(async () => {
      // A receipt must stay as long as the file of its record: it alone says that the record is delivered.
      await this.#clearLeftovers();
      await this.#receipts.clearUntil(this.#clock() - this.#options.keptMs);
    });
    const untilMs = this.#clock() - this.#options.deadKeptMs;
    for (const entry of this.#entries.inState('dead')) {
      if (entry.isOfOtherVersion || (entry.endedAtMs ?? 0) > untilMs) continue;
      await this.#writes.inTurn(entry, async () => {
        if (entry.state !== 'dead') return;
        await this.#records.remove(entry);
        this.#entries.remove(entry);
      });
    }
  }

  /** Refuses new work, waits for the writes under way, and releases the folder. */
  async close(): Promise<void> {
    await this.#writes.close();
    await this.#claim?.release();
  }

  async #take(): Promise<void> {
    await makeFolders(this.#files, this.#layout);
    this.#claim = await Claim.take(this.#files, this.#layout);
    try {
      await this.#restore();
    } catch (error) {
      await this.#claim.release();
      throw error;
    }
  }

  async #restore(): Promise<void> {
    await restore({
      files: this.#files,
      layout: this.#layout,
      records: this.#records,
      receipts: this.#receipts,
      entries: this.#entries,
      clock: this.#clock,
    });
    for (const { acceptedAtMs } of this.#entries.all()) {
      this.#lastAcceptedAtMs = Math.max(this.#lastAcceptedAtMs, acceptedAtMs);
    }
  }

  #pending(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry?.state !== 'pending') throw new TypeError(`There is no pending record ${id}.`);
    return entry;
  }

  async #clearLeftovers(): Promise<void> {
    for (const entry of this.#leftovers) {
      await this.#records.remove(entry);
      this.#leftovers.delete(entry);
    }
  }
}

function toRecord({ id, acceptedAtMs, document, files, notes }: Envelope): StoredRecord {
  return { id, acceptedAtMs, document, files, notes };
}
