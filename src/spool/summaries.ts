import { toData } from '../errors.ts';
import type { RecordState, RecordSummary } from '../tracking/delivery/recordStore.ts';
import type { Entries, Entry } from './entries.ts';
import { isDamage, isOfOtherVersion } from './envelope.ts';
import { isId, isKey } from './layout.ts';
import { type Receipts, undefinedIfDamaged } from './receipts.ts';
import type { Records } from './records.ts';

/** Describes records of every state, without their files. The ids and keys may come from a URL, and be any text. */
export class Summaries {
  readonly #entries: Entries;
  readonly #records: Records;
  readonly #receipts: Receipts;

  constructor(entries: Entries, records: Records, receipts: Receipts) {
    this.#entries = entries;
    this.#records = records;
    this.#receipts = receipts;
  }

  /** Finds a record. If it is delivered during the search, its file is gone, and its receipt is found. */
  async find(id: string): Promise<RecordSummary | undefined> {
    if (!isId(id)) return undefined;
    const entry = this.#entries.get(id);
    const kept = entry && (await this.#kept(entry));
    return kept ?? (await this.#delivered(id).catch((error) => this.#ofOtherVersion(id, error)));
  }

  /**
   * Finds the record of a key. If the key was used again, it belongs to the newest record.
   * @throws UnavailableError `record_version` if a later trainpost wrote that record's receipt
   */
  async findByKey(key: string): Promise<RecordSummary | undefined> {
    if (!isKey(key)) return undefined;
    const entry = this.#entries.getByKey(key);
    const kept = entry && (await this.#kept(entry));
    const delivered = await this.#delivered(key);
    return delivered && delivered.acceptedAtMs > (kept?.acceptedAtMs ?? 0) ? delivered : kept;
  }

  async list(state: RecordState, max: number): Promise<RecordSummary[]> {
    const ids =
      state === 'delivered'
        ? await this.#receipts.newest(max, isId)
        : this.#entries.inState(state).map(({ id }) => id);
    const summaries: RecordSummary[] = [];
    for (const id of ids.slice(0, max)) {
      const summary = await this.find(id).catch(undefinedIfDamaged);
      if (summary?.state === state) summaries.push(summary);
    }
    return summaries;
  }

  async #kept(entry: Entry): Promise<RecordSummary | undefined> {
    const { id, acceptedAtMs, state, endedAtMs } = entry;
    const ended = state === 'dead' && endedAtMs !== undefined && { endedAtMs };
    try {
      const envelope = await this.#records.read(entry);
      if (envelope === undefined) return undefined;
      const outcome = state === 'dead' && envelope.end && { outcome: envelope.end.outcome };
      return { id, state, acceptedAtMs, ...ended, document: envelope.document, ...outcome };
    } catch (error) {
      if (!isDamage(error) && !isOfOtherVersion(error)) throw error;
      return { id, state, acceptedAtMs, ...ended, document: undefined, unreadable: toData(error) };
    }
  }

  async #delivered(idOrKey: string): Promise<RecordSummary | undefined> {
    const receipt = await this.#receipts.find(idOrKey);
    if (receipt === undefined) return undefined;
    const { id, acceptedAtMs, document, end } = receipt;
    const ended = end && { endedAtMs: end.atMs, outcome: end.outcome };
    return { id, state: 'delivered', acceptedAtMs, document, ...ended };
  }

  /** Describes a receipt that another version of trainpost wrote. Only the time of its file is known. */
  async #ofOtherVersion(id: string, error: unknown): Promise<RecordSummary> {
    if (!isOfOtherVersion(error)) throw error;
    const atMs = (await this.#receipts.endedAtMs(id)) ?? 0;
    const unreadable = toData(error);
    return { id, state: 'delivered', acceptedAtMs: atMs, endedAtMs: atMs, document: undefined, unreadable };
  }
}
