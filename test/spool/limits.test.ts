import { describe, expect, it } from 'vitest';
import { StorageError, UnavailableError } from '../../src/errors.ts';
import { encode } from '../../src/spool/envelope.ts';
import { realFiles, type SpoolFiles } from '../../src/spool/files.ts';
import { newRecord } from './samples.ts';
import { fileCounts, openSpool, temporaryFolder } from './support.ts';

const RECORD = newRecord('a');
const BYTES = encode({ id: RECORD.id, acceptedAtMs: 1_000 }, RECORD.document, RECORD.files).length;
const clock = () => 1_000;

function another() {
  return { ...RECORD, id: crypto.randomUUID() };
}

function diskWith(freeBytes: number): SpoolFiles {
  return { ...realFiles, space: async () => ({ bytes: 1_000_000, freeBytes }) };
}

describe('records', () => {
  it('are taken up to the limit, which counts dead letters and no delivered records', async () => {
    const spool = await openSpool(temporaryFolder(), { recordsMax: 2 });
    const [first, second, third] = [another(), another(), another()];
    await spool.accept(first);
    await spool.checkRoom();
    await spool.accept(second);
    await spool.bury(second.id, 'refused');
    const refusal = { code: 'spool_full', details: { limit: 2, actual: 3, retryAfterS: 30 } };
    await expect(spool.checkRoom()).rejects.toMatchObject(refusal);
    await expect(spool.accept(third)).rejects.toMatchObject(refusal);
    await expect(spool.accept(third)).rejects.toBeInstanceOf(UnavailableError);
    await spool.deliver(first.id, 'done');
    await spool.checkRoom();
    await spool.accept(third);
  });

  it('do not share space if they arrive at once', async () => {
    const dir = temporaryFolder();
    const spool = await openSpool(dir, { recordsMax: 5 });
    const taken = await Promise.allSettled(Array.from({ length: 20 }, () => spool.accept(another())));
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(spool.stats()).toMatchObject({ pending: 5, bytes: 5 * encodedBytes(await spool.pending()) });
    expect(fileCounts(dir)).toMatchObject({ pending: 5, incoming: 0 });
  });

  it('leave their space to others if the disk refused them', async () => {
    let isFull = true;
    const files: SpoolFiles = {
      ...realFiles,
      open: async (path, which) => {
        if (isFull && path.includes('incoming') && which === 'new') {
          throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        }
        return await realFiles.open(path, which);
      },
    };
    isFull = false;
    const spool = await openSpool(temporaryFolder(), { recordsMax: 1, files });
    isFull = true;
    await expect(spool.accept(another())).rejects.toMatchObject({ code: 'disk_full' });
    isFull = false;
    await spool.accept(another());
  });
});

describe('bytes', () => {
  it('are taken up to the limit, and not one byte more', async () => {
    const exact = await openSpool(temporaryFolder(), { bytesMax: 2 * BYTES, clock });
    await exact.accept(another());
    await exact.accept(another());
    expect(exact.stats().bytes).toBe(2 * BYTES);

    const short = await openSpool(temporaryFolder(), { bytesMax: 2 * BYTES - 1, clock });
    await short.accept(another());
    await expect(short.accept(another())).rejects.toMatchObject({
      code: 'spool_full',
      details: { limit: 2 * BYTES - 1, actual: 2 * BYTES, retryAfterS: 30 },
    });
  });

  it('of one record are at most as many as of the whole spool', async () => {
    const spool = await openSpool(temporaryFolder(), { bytesMax: BYTES - 1, clock });
    const refusal = spool.accept(another());
    await expect(refusal).rejects.toBeInstanceOf(StorageError);
    await expect(refusal).rejects.toMatchObject({
      code: 'record_too_large',
      details: { limit: BYTES - 1, actual: BYTES },
    });
  });

  it('of notes count, but are never refused', async () => {
    const spool = await openSpool(temporaryFolder(), { bytesMax: BYTES, clock });
    const record = another();
    await spool.accept(record);
    await spool.note(record.id, 'a note');
    expect(spool.stats().bytes).toBeGreaterThan(BYTES);
    await expect(spool.checkRoom()).rejects.toMatchObject({ code: 'spool_full' });
  });
});

describe('the disk', () => {
  it('keeps the set share free', async () => {
    const atLimit = await openSpool(temporaryFolder(), {
      diskFreeMin: 0.1,
      files: diskWith(100_000 + BYTES),
      clock,
    });
    await atLimit.accept(another());
    const beyond = await openSpool(temporaryFolder(), {
      diskFreeMin: 0.1,
      files: diskWith(100_000 + BYTES - 1),
      clock,
    });
    await beyond.checkRoom();
    const refusal = { code: 'spool_disk_low', details: { limit: 10, actual: 9, retryAfterS: 30 } };
    await expect(beyond.accept(another())).rejects.toMatchObject(refusal);
    const low = await openSpool(temporaryFolder(), { diskFreeMin: 0.1, files: diskWith(99_999) });
    for (const refused of [low.checkRoom(), low.probe(), low.accept(another())]) {
      await expect(refused).rejects.toMatchObject(refusal);
    }
  });

  it('counts records that are being written as used space', async () => {
    const room = diskWith(100_000 + 3 * BYTES);
    const spool = await openSpool(temporaryFolder(), { diskFreeMin: 0.1, files: room, clock });
    const taken = await Promise.allSettled(Array.from({ length: 5 }, () => spool.accept(another())));
    expect(taken.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(1);
  });
});

describe('probe', () => {
  it('leaves no file behind', async () => {
    const dir = temporaryFolder();
    const spool = await openSpool(dir);
    await spool.probe();
    expect(fileCounts(dir)).toEqual({ incoming: 0, pending: 0, delivered: 0, dead: 0 });
  });

  it('says what is wrong with the disk', async () => {
    let isFailing = false;
    const files: SpoolFiles = {
      ...realFiles,
      open: async (path, which) => {
        if (isFailing) throw Object.assign(new Error('read-only'), { code: 'EROFS' });
        return await realFiles.open(path, which);
      },
    };
    const spool = await openSpool(temporaryFolder(), { files });
    isFailing = true;
    await expect(spool.probe()).rejects.toMatchObject({ code: 'spool_write_failed' });
    isFailing = false;
  });
});

/** The length of a record on disk. Only the digits of its time could change the length, and all have 13 digits. */
function encodedBytes(ids: readonly string[]): number {
  return encode({ id: ids[0]!, acceptedAtMs: Date.now() }, RECORD.document, RECORD.files).length;
}
