import type { Entries, Entry } from './entries.ts';
import { isDamage } from './envelope.ts';
import { isId, isKey } from './layout.ts';
import type { Receipts } from './receipts.ts';
import type { RecordState, RecordSummary } from './record.ts';
import type { Records } from './records.ts';

/** What is told of records without their files, wherever they lie. What is asked for may come from a URL. */
export class Summaries {
  readonly #entries: Entries;
  readonly #records: Records;
  readonly #receipts: Receipts;

  constructor(entries: Entries, records: Records, receipts: Receipts) {
    this.#entries = entries;
    this.#records = records;
    this.#receipts = receipts;
  }

  async find(id: string): Promise<RecordSummary | undefined> {
    if (!isId(id)) return undefined;
    return await this.#keptOrDelivered(() => this.#entries.get(id), id);
  }

  async findByKey(key: string): Promise<RecordSummary | undefined> {
    if (!isKey(key)) return undefined;
    return await this.#keptOrDelivered(() => this.#entries.getByKey(key), key);
  }

  async list(state: RecordState, max: number): Promise<RecordSummary[]> {
    const ids =
      state === 'delivered'
        ? await this.#receipts.newest(max, isId)
        : this.#entries.inState(state).map(({ id }) => id);
    const summaries: RecordSummary[] = [];
    for (const id of ids.slice(0, max)) {
      const summary = await this.find(id);
      if (summary?.state === state) summaries.push(summary);
    }
    return summaries;
  }

  /** A record may be delivered while it is looked for: then its file is gone, and its receipt is there. */
  async #keptOrDelivered(kept: () => Entry | undefined, name: string): Promise<RecordSummary | undefined> {
    const entry = kept();
    return (entry && (await this.#kept(entry))) ?? (await this.#delivered(name));
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
      if (!isDamage(error)) throw error;
      return { id, state, acceptedAtMs, ...ended, document: undefined, damaged: error.message };
    }
  }

  async #delivered(idOrKey: string): Promise<RecordSummary | undefined> {
    const receipt = await this.#receipts.find(idOrKey);
    if (receipt === undefined) return undefined;
    const { id, acceptedAtMs, document, end } = receipt;
    const ended = end && { endedAtMs: end.atMs, outcome: end.outcome };
    return { id, state: 'delivered', acceptedAtMs, document, ...ended };
  }
}
