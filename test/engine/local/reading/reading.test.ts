import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Table } from '../../../../src/data/table.ts';
import { ArenaShelf } from '../../../../src/engine/local/memory/arena.ts';
import { Reading } from '../../../../src/engine/local/reading/reading.ts';
import type { ReaderThread, ReadTable } from '../../../../src/engine/local/reading/types.ts';
import { DataError } from '../../../../src/errors.ts';
import type { SharedMemory } from '../../../../src/kernels/module.ts';

/** Acts as a thread: takes some time, and keeps the bytes that it gets. */
class RecordingThread implements ReaderThread {
  readonly calls: { id: number; bytes: Buffer; isLast: boolean }[] = [];
  readonly forgotten: number[] = [];
  readonly memories: SharedMemory[] = [];
  readonly failAt: number;
  #atOnce = 0;
  mostAtOnce = 0;

  constructor(failAt = Number.POSITIVE_INFINITY) {
    this.failAt = failAt;
  }

  async read(id: number, memory: SharedMemory, bytes: Uint8Array, isLast: boolean) {
    this.memories.push(memory);
    this.#atOnce++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    // Copied only now, because the bytes must not have changed meanwhile.
    this.calls.push({ id, bytes: Buffer.from(bytes), isLast });
    this.#atOnce--;
    if (this.calls.length > this.failAt) throw new DataError('ragged_row', 'Row 3 is ragged.', { row: 3 });
    return isLast ? READ : undefined;
  }

  async forget(id: number) {
    this.forgotten.push(id);
  }
}

const READ: ReadTable = { table: { rows: 1 } as Table, parseMs: 1 };

/** Bytes that depend on their place. */
const pattern = (length: number) =>
  Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255));

async function send(reading: Reading, bytes: Buffer, chunks: readonly number[]): Promise<void> {
  let at = 0;
  for (let index = 0; at < bytes.length; index++) {
    const chunk = bytes.subarray(at, at + chunks[index % chunks.length]!);
    await reading.write(chunk);
    at += chunk.length;
  }
  reading.end();
}

describe('Reading', () => {
  it('hands over all bytes in order, for any chunks, one slot at a time', async () => {
    const chunk = fc.integer({ min: 1, max: 600_000 });
    await fc.assert(
      fc.asyncProperty(fc.nat(1_500_000), fc.array(chunk, { minLength: 1 }), async (length, chunks) => {
        const thread = new RecordingThread();
        const reading = new Reading(thread, new ArenaShelf());
        const bytes = pattern(length);
        await send(reading, bytes, chunks);
        expect(await reading.table()).toBe(READ);
        expect(Buffer.concat(thread.calls.map((call) => call.bytes)).equals(bytes)).toBe(true);
        expect(thread.calls.map(({ isLast }) => isLast)).toEqual(
          thread.calls.map((_, i, all) => i === all.length - 1),
        );
        expect(thread.mostAtOnce).toBe(1);
      }),
      { numRuns: 40 },
    );
  });

  it('throws the first fault when the table is requested, and discards the rest of the file', async () => {
    const thread = new RecordingThread(1);
    const reading = new Reading(thread, new ArenaShelf());
    await send(reading, pattern(3_000_000), [65_536]);
    await expect(reading.table()).rejects.toMatchObject({ code: 'ragged_row', details: { row: 3 } });
    expect(thread.calls).toHaveLength(2);
  });

  it('releases an incomplete file, and its arena is used again', async () => {
    const [thread, shelf] = [new RecordingThread(), new ArenaShelf()];
    const reading = new Reading(thread, shelf);
    await reading.write(pattern(600_000));
    await reading.release();
    await reading.release();
    expect(thread.forgotten).toEqual([thread.calls[0]?.id]);
    const [first, second] = [shelf.take(), shelf.take()];
    expect(first.memory).not.toBe(second.memory);
    await expect(reading.table()).rejects.toThrow('broken off');
  });

  it('does not give back an arena that a thread may still work on', async () => {
    const [shelf, thread] = [new ArenaShelf(), new RecordingThread()];
    const readings = [new Reading(thread, shelf), new Reading(thread, shelf)] as const;
    for (const reading of readings) {
      reading.end();
      await reading.table();
    }
    readings[0].abandonMemory();
    for (const reading of readings) await reading.release();
    expect(shelf.take().memory).toBe(thread.memories[1]);
    expect(shelf.take().memory).not.toBe(thread.memories[0]);
  });
});
