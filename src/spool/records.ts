import { dirname, join } from 'node:path';
import { closing, writeAll } from '../system/plainFiles.mjs';
import { placeFile, replaceFile } from './durable.ts';
import type { Entries, Entry } from './entries.ts';
import { decode, type Envelope, encodeLine, type Line } from './envelope.ts';
import type { SpoolFiles } from './files.ts';
import { type Layout, recordName } from './layout.ts';

/** Writes, reads, moves and removes the files of the records that are kept whole. */
export class Records {
  readonly #files: SpoolFiles;
  readonly #layout: Layout;
  readonly #entries: Entries;

  constructor(files: SpoolFiles, layout: Layout, entries: Entries) {
    this.#files = files;
    this.#layout = layout;
    this.#entries = entries;
  }

  async create(entry: Entry, bytes: Buffer): Promise<void> {
    const { incoming } = this.#layout;
    await placeFile(this.#files, {
      incoming,
      path: this.pathOf(entry),
      bytes,
      modifiedAtMs: entry.acceptedAtMs,
    });
  }

  /**
   * Reads a record. Returns undefined if somebody has removed the file by hand.
   * @throws StorageError `record_damaged`
   */
  async read(entry: Entry): Promise<Envelope | undefined> {
    const bytes = await this.#files.read(this.pathOf(entry));
    return bytes && decode(bytes.subarray(0, entry.bytes), entry.id);
  }

  /** Adds a line to a record's file, durably. A failed line may be there in part, and is cut off or overwritten later. */
  async append(entry: Entry, line: Line): Promise<void> {
    if (entry.isSuspect) await this.#writeAnew(entry);
    const bytes = encodeLine(line);
    const file = await this.#files.open(this.pathOf(entry), 'existing');
    try {
      await closing(file, async () => {
        await writeAll(file, bytes, entry.bytes);
        await file.sync();
      });
    } catch (error) {
      entry.isSuspect = true;
      throw error;
    }
    this.#entries.lengthen(entry, bytes.length);
  }

  /**
   * Moves a record to the folder of another state. If the names do not reach the disk, a power cut may bring back the
   * old state. The next start then repeats the work that follows from that state.
   */
  async move(entry: Entry, state: Entry['state']): Promise<void> {
    const from = this.pathOf(entry);
    const to = this.pathOf({ ...entry, state });
    await this.#files.rename(from, to);
    entry.state = state;
    await this.#files.syncFolder(dirname(to));
    await this.#files.syncFolder(dirname(from));
  }

  async remove(entry: Entry): Promise<void> {
    await this.#files.remove(this.pathOf(entry));
  }

  pathOf(entry: Entry): string {
    return join(this.#layout[entry.state], recordName(entry));
  }

  /** Copies a record to a new file. The bytes before the failed fsync were on the disk, and are whole. */
  async #writeAnew(entry: Entry): Promise<void> {
    const path = this.pathOf(entry);
    const bytes = (await this.#files.read(path))?.subarray(0, entry.bytes);
    if (bytes === undefined) throw Object.assign(new Error(`${path} is gone`), { code: 'ENOENT' });
    decode(bytes, entry.id);
    const { incoming } = this.#layout;
    await replaceFile(this.#files, { incoming, path, bytes, modifiedAtMs: entry.acceptedAtMs });
    entry.isSuspect = false;
  }
}
