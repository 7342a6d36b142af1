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
  /** A folder of this process alone. */
  readonly dir: string;
  /** The most that is kept whole: what is pending, and dead letters. */
  readonly recordsMax: number;
  readonly bytesMax: number;
  /** Share of the disk that stays free, 0 to 1. */
  readonly diskFreeMin: number;
  /** How long receipts of delivered records stay. */
  readonly keptMs: number;
  /** How long dead letters stay. */
  readonly deadKeptMs: number;
  /** The file operations, where a test replaces them. */
  readonly files?: SpoolFiles;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

/**
 * Keeps records on disk until they are delivered. One record is one file, and its state is the folder in which it lies;
 * each change of state is one rename. Once `accept` has resolved, a record is whole on the disk, whatever dies.
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
  readonly #writes = new Writes(async () => this.#claim?.check());
  /** Delivered, and not removed yet because the disk refused it. */
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
   * Opens the folder, made where there is none, and takes up what was left in it.
   * @throws ConfigError `spool_in_use` where another process has it; `spool_dir` where it cannot be written
   */
  static async open(options: SpoolOptions): Promise<Spool> {
    const spool = new Spool(options);
    await opening(options.dir, () => spool.#take());
    return spool;
  }

  /**
   * Takes a record: once this resolves, it is on the disk.
   * @throws UnavailableError `spool_full`, `spool_disk_low`; StorageError `disk_full`, `spool_write_failed`, `record_too_large`
   */
  async accept({ id, key, document, files }: NewRecord): Promise<void> {
    if (!isId(id)) throw new TypeError(`${id} is no UUID in small letters.`);
    if (this.#entries.get(id) !== undefined) throw new TypeError(`There is a record ${id} already.`);
    if (key !== undefined && !isKey(key)) throw new TypeError(`${key} is no hex digest.`);
    await this.#writes.run(async () => {
      // Later than all that were accepted before, so that their order is one of time, and outlives this process.
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

  /** The refusals that `accept` would begin with, before a training computes for nothing. */
  async checkRoom(): Promise<void> {
    await this.#writes.run(() => this.#room.check());
  }

  /** Ids, oldest first. */
  async pending(): Promise<readonly string[]> {
    return this.#entries.inState('pending').map(({ id }) => id);
  }

  /**
   * A record whole; undefined where there is none. A pending one that turns out to be damaged is buried.
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

  /** Adds a note to a pending record, durably. @throws StorageError where it is not certain to be there */
  async note(id: string, note: unknown): Promise<void> {
    const entry = this.#pending(id);
    await this.#writes.inTurn(entry, async () => {
      this.#pending(id);
      await this.#records.append(entry, { note });
    });
  }

  /** Ends a pending record well: what stays is a receipt without files. Of one that was delivered, nothing changes. */
  async deliver(id: string, outcome: unknown): Promise<void> {
    if (this.#entries.get(id) === undefined && (await this.find(id)) !== undefined) return;
    const entry = this.#pending(id);
    await this.#writes.inTurn(entry, async () => {
      if (this.#entries.get(id) !== entry) return;
      const envelope = await this.#records.read(entry);
      if (envelope === undefined) throw new StorageError('record_damaged', `Record ${id} is gone.`);
      await this.#receipts.put(envelope, { atMs: this.#clock(), outcome });
      // It is delivered. Should its file stay, the receipt says at the next start what it is.
      this.#entries.remove(entry);
      this.#leftovers.add(entry);
      await this.#clearLeftovers().catch(() => undefined);
    });
  }

  /** Has a receipt say something else. */
  async amend(id: string, outcome: unknown): Promise<void> {
    await this.#writes.run(() => this.#receipts.amend(id, outcome));
  }

  /** Ends a pending record badly: it stays, whole, with the reason. Of a dead one, nothing changes. */
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
   * Puts a dead letter back among the pending ones; false where there is no such dead letter.
   * @throws StorageError `record_damaged` where it is none that could be delivered
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

  /** The record that an Idempotency-Key belongs to, as long as it or its receipt is kept. */
  async findByKey(key: string): Promise<RecordSummary | undefined> {
    return await storing(() => this.#summaries.findByKey(key));
  }

  /** Those that are pending or dead oldest first, those that are delivered newest first. */
  async list(state: RecordState, max: number): Promise<RecordSummary[]> {
    return await storing(() => this.#summaries.list(state, max));
  }

  stats(): SpoolStats {
    return this.#entries.stats();
  }

  /** Writes and removes a small file. @throws what `accept` would */
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
      // While a delivered record's file is there, its receipt says what it is, and has to stay.
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

  /** Waits for what is being written, and gives the folder free. Nothing is taken after that. */
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
