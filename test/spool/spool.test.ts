import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digestOf, newRecord } from './samples.ts';
import { fileCounts, openSpool, temporaryFolder } from './support.ts';

describe('a record', () => {
  it('is whole as soon as it is accepted, and after the next start', async () => {
    const dir = temporaryFolder();
    const record = newRecord('a', { key: digestOf('key') });
    const spool = await openSpool(dir);
    await spool.accept(record);
    await spool.note(record.id, { attempted: 'run' });
    await spool.note(record.id, { run: '1' });
    const loaded = await spool.load(record.id);
    expect(loaded).toMatchObject({
      id: record.id,
      document: record.document,
      files: record.files,
      notes: [{ attempted: 'run' }, { run: '1' }],
    });
    await spool.close();

    const again = await openSpool(dir);
    expect(await again.pending()).toEqual([record.id]);
    expect(await again.load(record.id)).toEqual(loaded);
    expect(await again.findByKey(digestOf('key'))).toMatchObject({ id: record.id, state: 'pending' });
  });

  it('leaves a receipt without files when it is delivered, which is found by id and by key', async () => {
    const dir = temporaryFolder();
    const record = newRecord('a', { key: digestOf('key') });
    const spool = await openSpool(dir, { clock: () => 5_000 });
    await spool.accept(record);
    await spool.note(record.id, { run: '1' });
    await spool.deliver(record.id, { url: 'http://mlflow/1' });
    const summary = {
      id: record.id,
      state: 'delivered',
      acceptedAtMs: 5_000,
      endedAtMs: 5_000,
      document: record.document,
      outcome: { url: 'http://mlflow/1' },
    };
    expect(await spool.pending()).toEqual([]);
    expect(await spool.find(record.id)).toEqual(summary);
    expect(await spool.findByKey(digestOf('key'))).toEqual(summary);
    expect(await spool.list('delivered', 10)).toEqual([summary]);
    expect(await spool.load(record.id)).toMatchObject({ files: [], notes: [{ run: '1' }] });
    expect(fileCounts(dir)).toEqual({ incoming: 0, pending: 0, delivered: 2, dead: 0 });
    expect(spool.stats()).toEqual({ pending: 0, dead: 0, bytes: 0 });
  });

  it('can get another outcome in its receipt, which keeps its time', async () => {
    const dir = temporaryFolder();
    const spool = await openSpool(dir);
    const record = newRecord('amended', { key: digestOf('amended') });
    await spool.accept(record);
    await spool.amend(record.id, { nothing: 'yet' });
    expect((await spool.find(record.id))?.state).toBe('pending');
    await spool.deliver(record.id, { rechecked: false });
    const before = await spool.find(record.id);
    await spool.amend(record.id, { rechecked: true });
    expect(await spool.find(record.id)).toEqual({ ...before, outcome: { rechecked: true } });
    expect((await spool.findByKey(digestOf('amended')))?.id).toBe(record.id);
    expect(fileCounts(dir)).toEqual({ incoming: 0, pending: 0, delivered: 2, dead: 0 });
  });

  it('stays whole when it is buried, and can be put back', async () => {
    const dir = temporaryFolder();
    const record = newRecord('a');
    const spool = await openSpool(dir);
    await spool.accept(record);
    await spool.bury(record.id, { reason: 'no such experiment' });
    expect(await spool.pending()).toEqual([]);
    expect(await spool.list('dead', 10)).toMatchObject([
      { id: record.id, state: 'dead', document: record.document, outcome: { reason: 'no such experiment' } },
    ]);
    expect(await spool.revive(record.id)).toBe(true);
    expect(await spool.revive(record.id)).toBe(false);
    expect(await spool.pending()).toEqual([record.id]);
    expect(await spool.load(record.id)).toMatchObject({ files: record.files, notes: [] });
    expect(await spool.find(record.id)).not.toHaveProperty('outcome');
  });

  it('is not found by a text that is not an id', async () => {
    const spool = await openSpool(temporaryFolder());
    for (const id of [randomUUID(), '', '../../package.json', `${randomUUID()}/..`]) {
      expect(await spool.find(id)).toBeUndefined();
      expect(await spool.load(id)).toBeUndefined();
      expect(await spool.findByKey(id)).toBeUndefined();
      expect(await spool.revive(id)).toBe(false);
    }
  });
});

describe('work that is asked for at once', () => {
  it('is done one after the other on one record', async () => {
    const spool = await openSpool(temporaryFolder());
    const record = newRecord('a');
    await spool.accept(record);
    const notes = Array.from({ length: 10 }, (_, index) => 'x'.repeat(100 * (10 - index)) + index);
    await Promise.all(notes.map((note) => spool.note(record.id, note)));
    expect(await spool.load(record.id)).toMatchObject({ notes });
    const late = [spool.deliver(record.id, 1), spool.deliver(record.id, 2), spool.note(record.id, 'late')];
    expect((await Promise.allSettled(late)).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
    expect(await spool.find(record.id)).toMatchObject({ state: 'delivered', outcome: 1 });
  });

  it('is done before the spool is closed, and refused afterwards', async () => {
    const dir = temporaryFolder();
    const spool = await openSpool(dir);
    const records = ['a', 'b', 'c'].map((name) => newRecord(name));
    await spool.accept(records[0]!);
    const asked = [
      ...records.slice(1).map((record) => spool.accept(record)),
      spool.note(records[0]!.id, 'first'),
      spool.note(records[0]!.id, 'second'),
      spool.bury(records[0]!.id, 'refused'),
    ];
    await spool.close();
    expect(fileCounts(dir)).toEqual({ incoming: 0, pending: 2, delivered: 0, dead: 1 });
    await Promise.all(asked);
    const refusal = { code: 'spool_closed', details: { retryAfterS: 5 } };
    await expect(spool.accept(newRecord('d'))).rejects.toMatchObject(refusal);
    await expect(spool.note(records[1]!.id, 'late')).rejects.toMatchObject(refusal);
    expect(await spool.find(records[1]!.id)).toMatchObject({ state: 'pending' });
  });
});

describe('accept', () => {
  it.each([
    [{ id: 'not-a-uuid' }, 'not a UUID'],
    [{ id: randomUUID().toUpperCase() }, 'not a UUID'],
    [{ key: '../etc' }, 'not a hex digest'],
  ])('refuses a text that must not become part of a path: %j', async (others, says) => {
    const dir = temporaryFolder();
    const spool = await openSpool(dir);
    await expect(spool.accept(newRecord('a', others))).rejects.toThrow(says);
    expect(fileCounts(dir)).toMatchObject({ incoming: 0, pending: 0 });
  });

  it('takes an id once', async () => {
    const spool = await openSpool(temporaryFolder());
    const record = newRecord('a');
    await spool.accept(record);
    await expect(spool.accept(record)).rejects.toThrow('already');
  });

  it('keeps the order of time, even if the clock stands still or goes back', async () => {
    const dir = temporaryFolder();
    let nowMs = 1_700_000_000_000;
    const spool = await openSpool(dir, { clock: () => nowMs-- });
    const records = Array.from({ length: 5 }, (_, index) => newRecord(`${index}`));
    for (const record of records) await spool.accept(record);
    const ids = records.map(({ id }) => id);
    expect(await spool.pending()).toEqual(ids);
    expect(spool.stats().oldestAcceptedAtMs).toBe(1_700_000_000_000);
    await spool.close();
    const again = await openSpool(dir, { clock: () => 1 });
    const last = newRecord('last');
    await again.accept(last);
    expect(await again.pending()).toEqual([...ids, last.id]);
  });
});
