import { describe, expect, it } from 'vitest';
import { realFiles, type SpoolFiles } from '../../src/spool/files.ts';
import { digestOf, newRecord } from './samples.ts';
import { fileCounts, openSpool, temporaryFolder } from './support.ts';

const KEPT_MS = 1_000;
const DEAD_KEPT_MS = 5_000;

async function openAt(nowMs: { at: number }, files: SpoolFiles = realFiles) {
  const dir = temporaryFolder();
  const spool = await openSpool(dir, {
    keptMs: KEPT_MS,
    deadKeptMs: DEAD_KEPT_MS,
    clock: () => nowMs.at,
    files,
  });
  return { dir, spool };
}

describe('receipts', () => {
  it('are kept for SPOOL_KEPT_MS, with their keys, and no longer', async () => {
    const now = { at: 1_700_000_000_000 };
    const { dir, spool } = await openAt(now);
    const records = [newRecord('a', { key: digestOf('a') }), newRecord('b', { key: digestOf('b') })] as const;
    for (const record of records) {
      await spool.accept(record);
      await spool.deliver(record.id, 'done');
      now.at += 500;
    }
    now.at += KEPT_MS - 501;
    await spool.clearKept();
    expect(await spool.find(records[0].id)).toBeUndefined();
    expect(await spool.findByKey(digestOf('a'))).toBeUndefined();
    expect(await spool.findByKey(digestOf('b'))).toMatchObject({ id: records[1].id });
    now.at += 1;
    await spool.clearKept();
    expect(fileCounts(dir)).toEqual({ incoming: 0, pending: 0, delivered: 0, dead: 0 });
  });

  it('are listed newest first, and at most as many as asked for', async () => {
    const now = { at: 1_700_000_000_000 };
    const { spool } = await openAt(now);
    const ids: string[] = [];
    for (let index = 0; index < 9; index++) {
      const record = newRecord(`${index}`, { key: digestOf(`${index}`) });
      await spool.accept(record);
      await spool.deliver(record.id, index);
      ids.unshift(record.id);
      now.at += 10;
    }
    for (const max of [1, 4, 9, 20]) {
      expect((await spool.list('delivered', max)).map(({ id }) => id)).toEqual(ids.slice(0, max));
    }
  });

  it("stay as long as the disk refuses to remove their record's file", async () => {
    const now = { at: 1_700_000_000_000 };
    let isFailing = false;
    const { dir, spool } = await openAt(now, {
      ...realFiles,
      remove: async (path) => {
        if (isFailing && path.includes('pending')) throw Object.assign(new Error('no'), { code: 'EIO' });
        await realFiles.remove(path);
      },
    });
    const record = newRecord('a');
    await spool.accept(record);
    isFailing = true;
    await spool.deliver(record.id, 'done');
    expect(await spool.find(record.id)).toMatchObject({ state: 'delivered' });
    now.at += 2 * KEPT_MS;
    await expect(spool.clearKept()).rejects.toMatchObject({ code: 'spool_write_failed' });
    expect(fileCounts(dir)).toMatchObject({ pending: 1, delivered: 1 });
    isFailing = false;
    await spool.clearKept();
    expect(fileCounts(dir)).toMatchObject({ pending: 0, delivered: 0 });
  });
});

describe('dead letters', () => {
  it('are kept for SPOOL_DEAD_KEPT_MS from the time they were buried, also across a restart', async () => {
    const now = { at: 1_700_000_000_000 };
    const { dir, spool } = await openAt(now);
    const record = newRecord('a', { key: digestOf('a') });
    await spool.accept(record);
    now.at += 10_000;
    await spool.bury(record.id, 'refused');
    now.at += DEAD_KEPT_MS - 1;
    await spool.clearKept();
    expect(await spool.find(record.id)).toMatchObject({ state: 'dead', endedAtMs: 1_700_000_010_000 });
    await spool.close();
    const again = await openSpool(dir, { deadKeptMs: DEAD_KEPT_MS, clock: () => now.at });
    await again.clearKept();
    expect(again.stats().dead).toBe(1);
    now.at += 1;
    await again.clearKept();
    expect(again.stats()).toEqual({ pending: 0, dead: 0, bytes: 0 });
    expect(await again.findByKey(digestOf('a'))).toBeUndefined();
    expect(fileCounts(dir)).toMatchObject({ dead: 0 });
  });
});

describe('a key', () => {
  it.each([
    ['first', [0, 1]],
    ['last', [1, 0]],
  ])(
    'that is used again belongs to the newest record, also if the older record is delivered %s',
    async (_name, order) => {
      const { dir, spool } = await openAt({ at: 1_700_000_000_000 });
      const records = ['a', 'b'].map((name) => newRecord(name, { key: digestOf('k') }));
      for (const record of records) await spool.accept(record);
      for (const index of order) {
        expect(await spool.findByKey(digestOf('k'))).toMatchObject({ id: records[1]?.id });
        await spool.deliver(records[index]!.id, 'done');
      }
      expect(await spool.findByKey(digestOf('k'))).toMatchObject({ id: records[1]?.id, state: 'delivered' });
      expect(fileCounts(dir)).toMatchObject({ delivered: 3 });
    },
  );
});
