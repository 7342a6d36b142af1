import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, newRecord } from './samples.ts';
import { fileCounts, openSpool, temporaryFolder } from './support.ts';

const KEY = digestOf('key');
const UNREADABLE = {
  name: 'UnavailableError',
  code: 'record_version',
  message: expect.stringContaining('version 2'),
};

/** Gives a file of the spool a higher version. A later trainpost might write such lines, and no end. */
function upgrade(path: string): Buffer {
  const bytes = readFileSync(path);
  const line = bytes.subarray(65, bytes.indexOf('\n')).toString().replace('"version":1', '"version":2');
  const later = Buffer.from(`${digestOf(line)} ${line}\nwhat this trainpost does not know`);
  writeFileSync(path, later);
  return later;
}

/** Leaves a closed spool with one record of a later version in a state. */
async function leftBehind(state: 'pending' | 'dead' | 'delivered') {
  const dir = temporaryFolder();
  const record = newRecord('a', { key: KEY });
  const spool = await openSpool(dir, { clock: () => 1_000 });
  await spool.accept(record);
  await spool.note(record.id, 'first');
  if (state === 'dead') await spool.bury(record.id, 'refused');
  if (state === 'delivered') await spool.deliver(record.id, 'done');
  await spool.close();
  const paths = readdirSync(join(dir, state)).map((name) => join(dir, state, name));
  const whole = paths.map((path) => [path, readFileSync(path)] as const);
  const later = upgrade(paths[0]!);
  return { dir, record, paths, whole, later };
}

const FOREVER = { clock: () => 10_000_000_000_000 };

describe.each(['pending', 'dead'] as const)('a %s record of a later version', (state) => {
  it('is shown with the reason, and no request changes it', async () => {
    const { dir, record, paths, later } = await leftBehind(state);
    const counts = fileCounts(dir);
    for (const options of [{}, FOREVER]) {
      const spool = await openSpool(dir, options);
      const summary = { id: record.id, state, document: undefined, unreadable: UNREADABLE };
      expect(await spool.list(state, 10)).toMatchObject([summary]);
      expect(await spool.find(record.id)).toMatchObject(summary);
      expect(await spool.findByKey(KEY)).toMatchObject(summary);
      expect(await spool.pending()).toEqual(state === 'pending' ? [record.id] : []);
      await expect(spool.load(record.id)).rejects.toMatchObject({ code: 'record_version' });
      if (state === 'dead') {
        await expect(spool.revive(record.id)).rejects.toMatchObject({ code: 'record_version' });
      }
      await spool.clearKept();
      await spool.close();
      expect(fileCounts(dir)).toEqual(counts);
      expect(readFileSync(paths[0]!).equals(later)).toBe(true);
    }
  });

  it('is whole once the later trainpost is back', async () => {
    const { dir, record, whole } = await leftBehind(state);
    await (await openSpool(dir)).close();
    for (const [path, bytes] of whole) writeFileSync(path, bytes);
    const spool = await openSpool(dir);
    if (state === 'dead') expect(await spool.revive(record.id)).toBe(true);
    expect(await spool.load(record.id)).toMatchObject({ files: record.files, notes: ['first'] });
  });

  it('still counts for the limits', async () => {
    const { dir, later } = await leftBehind(state);
    const spool = await openSpool(dir, { recordsMax: 1 });
    expect(spool.stats()).toMatchObject({ [state]: 1, bytes: later.length });
    await expect(spool.accept(newRecord('b'))).rejects.toMatchObject({ code: 'spool_full' });
  });
});

describe('a receipt of a later version', () => {
  it('is shown with the reason, and keeps its key', async () => {
    const { dir, record, paths, later } = await leftBehind('delivered');
    // Both names usually belong to one file.
    for (const path of paths) writeFileSync(path, later);
    const spool = await openSpool(dir);
    const summary = { id: record.id, state: 'delivered', document: undefined, unreadable: UNREADABLE };
    expect(await spool.find(record.id)).toMatchObject(summary);
    expect(await spool.list('delivered', 10)).toMatchObject([summary]);
    await expect(spool.findByKey(KEY)).rejects.toMatchObject({ code: 'record_version' });
    const other = newRecord('b', { key: KEY });
    await spool.accept(other);
    await spool.deliver(other.id, 'done');
    expect(await spool.find(other.id)).toMatchObject({ state: 'delivered' });
    for (const path of paths) expect(readFileSync(path).equals(later)).toBe(true);
  });
});
