import { join } from 'node:path';
import { type NewFile, placeFile, replaceFile } from './durable.ts';
import {
  decode,
  type End,
  type Envelope,
  encode,
  type Head,
  isDamage,
  isOfOtherVersion,
} from './envelope.ts';
import type { SpoolFiles } from './files.ts';
import type { Layout } from './layout.ts';

const SUFFIX = '.receipt';

/**
 * The receipts of delivered records: document, notes and outcome, without files. Receipts are found by file name alone,
 * so that they take no memory. If a record has an Idempotency-Key, the key is a second name of the same file. The file's
 * time is the time of delivery.
 */
export class Receipts {
  readonly #files: SpoolFiles;
  readonly #layout: Layout;

  constructor(files: SpoolFiles, layout: Layout) {
    this.#files = files;
    this.#layout = layout;
  }

  async put(envelope: Envelope, end: End): Promise<void> {
    const secondName = await this.#keyPathOf(envelope);
    await placeFile(this.#files, this.#fileOf(envelope, end), secondName);
  }

  /** Replaces the outcome of a receipt, and keeps its time. The name of its key still leads to the old outcome. */
  async amend(id: string, outcome: unknown): Promise<void> {
    const receipt = await this.find(id);
    if (receipt?.end === undefined) return;
    await replaceFile(this.#files, this.#fileOf(receipt, { ...receipt.end, outcome }));
  }

  /** Whether there is a receipt. If there is, it also gets the name of its key, which a kill may have prevented. */
  async complete(head: Head): Promise<boolean> {
    const path = this.#pathOf(head.id);
    if ((await this.#files.modifiedAtMs(path)) === undefined) return false;
    const secondName = await this.#keyPathOf(head);
    if (secondName !== undefined) {
      await this.#files.remove(secondName);
      await this.#files.link(path, secondName);
    }
    await this.#files.syncFolder(this.#layout.delivered);
    return true;
  }

  /** When a record was delivered, by the time of its receipt; undefined if there is no receipt. */
  async endedAtMs(id: string): Promise<number | undefined> {
    return await this.#files.modifiedAtMs(this.#pathOf(id));
  }

  /** @throws StorageError `record_damaged`, UnavailableError `record_version` */
  async find(idOrKey: string): Promise<Envelope | undefined> {
    const bytes = await this.#files.read(this.#pathOf(idOrKey));
    return bytes && decode(bytes);
  }

  /** Ids of the newest receipts, newest first. */
  async newest(max: number, isId: (text: string) => boolean): Promise<string[]> {
    let newest: { id: string; atMs: number }[] = [];
    const cut = () => {
      newest = newest.sort((a, b) => b.atMs - a.atMs).slice(0, max);
    };
    for await (const { name, atMs } of this.#ages()) {
      const id = name.slice(0, -SUFFIX.length);
      if (isId(id)) newest.push({ id, atMs });
      if (newest.length > 2 * max) cut();
    }
    cut();
    return newest.map(({ id }) => id);
  }

  /** Removes the receipts of all records that were delivered until a time. */
  async clearUntil(untilMs: number): Promise<void> {
    for await (const { name, atMs } of this.#ages()) {
      if (atMs <= untilMs) await this.#files.remove(join(this.#layout.delivered, name));
    }
  }

  async *#ages(): AsyncGenerator<{ name: string; atMs: number }> {
    for await (const name of this.#files.names(this.#layout.delivered)) {
      if (!name.endsWith(SUFFIX)) continue;
      const atMs = await this.#files.modifiedAtMs(join(this.#layout.delivered, name));
      if (atMs !== undefined) yield { name, atMs };
    }
  }

  #fileOf({ id, acceptedAtMs, key, document, notes }: Envelope, end: End): NewFile {
    const head = { id, acceptedAtMs, ...(key !== undefined && { key }) };
    const lines = [...notes.map((note) => ({ note })), { end }];
    return {
      incoming: this.#layout.incoming,
      path: this.#pathOf(id),
      bytes: encode(head, document, [], lines),
      modifiedAtMs: end.atMs,
    };
  }

  /** Undefined if there is no key, or if the key belongs to a newer record or to a receipt that a later trainpost wrote. */
  async #keyPathOf({ key, acceptedAtMs }: Head): Promise<string | undefined> {
    if (key === undefined) return undefined;
    try {
      const holder = await this.find(key).catch(undefinedIfDamaged);
      return holder !== undefined && holder.acceptedAtMs > acceptedAtMs ? undefined : this.#pathOf(key);
    } catch (error) {
      if (isOfOtherVersion(error)) return undefined;
      throw error;
    }
  }

  #pathOf(idOrKey: string): string {
    return join(this.#layout.delivered, `${idOrKey}${SUFFIX}`);
  }
}

/** Handles an error of a read: a damaged receipt counts as missing, and any other error is thrown. */
export function undefinedIfDamaged(error: unknown): undefined {
  if (!isDamage(error)) throw error;
}
