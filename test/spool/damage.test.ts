import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeLine } from '../../src/spool/envelope.ts';
import { realFiles, type SpoolFiles } from '../../src/spool/files.ts';
import { Spool } from '../../src/spool/spool.ts';
import { digestOf, newRecord } from './samples.ts';
import { fileCounts, openSpool, temporaryFolder } from './support.ts';

/** Leaves a closed spool that has one record with two notes. `path` is the record's file. */
async function leftBehind() {
  const dir = temporaryFolder();
  const record = newRecord('a', { key: digestOf('key') });
  const spool = await openSpool(dir);
  await spool.accept(record);
  await spool.note(record.id, 'first');
  await spool.note(record.id, 'second');
  await spool.close();
  const path = join(dir, 'pending', readdirSync(join(dir, 'pending'))[0]!);
  return { dir, record, path };
}

function flip(path: string, find: string): void {
  const bytes = readFileSync(path);
  const at = bytes.indexOf(find);
  expect(at).toBeGreaterThanOrEqual(0);
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(path, bytes);
}

describe('a last note that is incomplete', () => {
  it.each([
    ['it ends in the middle', (line: Buffer) => line.subarray(0, 80)],
    ['it ends before its newline', (line: Buffer) => line.subarray(0, -1)],
    ['it is all zeros', (line: Buffer) => Buffer.alloc(line.length)],
    ['it is lines of zeros', () => Buffer.from('\0\0\n\0\n')],
    ['it is one byte', () => Buffer.from('a')],
  ])('is cut off: %s', async (_name, torn) => {
    const { dir, record, path } = await leftBehind();
    const whole = statSync(path).size;
    appendFileSync(path, torn(encodeLine({ note: 'third' })));
    const spool = await openSpool(dir);
    expect(statSync(path).size).toBe(whole);
    expect(await spool.load(record.id)).toMatchObject({ notes: ['first', 'second'], files: record.files });
    await spool.note(record.id, 'fourth');
    await spool.close();
    expect(await (await openSpool(dir)).load(record.id)).toMatchObject({
      notes: ['first', 'second', 'fourth'],
    });
  });

  it('is cut off, at whichever byte it ends', async () => {
    const { dir, record, path } = await leftBehind();
    const whole = statSync(path).size;
    const last = encodeLine({ note: 'second' }).length;
    const copy = readFileSync(path);
    for (let bytes = whole - 1; bytes > whole - last; bytes--) {
      writeFileSync(path, copy.subarray(0, bytes));
      const spool = await openSpool(dir);
      expect(await spool.load(record.id)).toMatchObject({ notes: ['first'] });
      await spool.close();
    }
  });
});

describe('a damaged record', () => {
  const damages: [string, string, (path: string) => void][] = [
    ['damage in its head', 'its first line is incomplete', (path) => flip(path, '"version"')],
    ['damage in its document', 'its document does not match', (path) => flip(path, '"name"')],
    ['damage in a file', 'its model/MLmodel does not match', (path) => flip(path, 'model of a')],
    ['damage in a note before the last', 'a note in the middle', (path) => flip(path, '"first"')],
    [
      'a file that was cut off',
      'its model/MLmodel does not match',
      (path) => truncateSync(path, readFileSync(path).indexOf('model of a')),
    ],
    ['a file that was emptied', 'its first line is incomplete', (path) => truncateSync(path)],
  ];

  it.each(damages)(
    'becomes a dead letter with the reason when the spool is opened: %s',
    async (_name, reason, damage) => {
      const { dir, record, path } = await leftBehind();
      damage(path);
      const spool = await openSpool(dir);
      expect(await spool.pending()).toEqual([]);
      const [letter] = await spool.list('dead', 10);
      expect(letter).toMatchObject({ id: record.id, state: 'dead', document: undefined });
      expect(letter?.unreadable).toMatchObject({
        code: 'record_damaged',
        message: expect.stringContaining(reason),
      });
      expect(await spool.findByKey(digestOf('key'))).toEqual(letter);
      await expect(spool.revive(record.id)).rejects.toMatchObject({ code: 'record_damaged' });
      expect(fileCounts(dir)).toEqual({ incoming: 0, pending: 0, delivered: 0, dead: 1 });
      await spool.close();
      expect(await (await openSpool(dir)).list('dead', 10)).toMatchObject([
        { id: record.id, unreadable: letter?.unreadable },
      ]);
    },
  );

  it('becomes a dead letter when it is loaded', async () => {
    const { dir, record, path } = await leftBehind();
    const spool = await openSpool(dir);
    flip(path, 'model of a');
    await expect(spool.load(record.id)).rejects.toMatchObject({ code: 'record_damaged' });
    expect(await spool.pending()).toEqual([]);
    expect(spool.stats()).toMatchObject({ pending: 0, dead: 1 });
  });

  it('is also a record whose file has the name of another record', async () => {
    const { dir, record, path } = await leftBehind();
    const other = crypto.randomUUID();
    renameSync(path, path.replace(record.id, other));
    const spool = await openSpool(dir);
    expect(await spool.list('dead', 10)).toMatchObject([
      { id: other, unreadable: { message: expect.stringContaining(record.id) } },
    ]);
  });
});

describe('a damaged receipt', () => {
  it('is reported to a client that asks for it, and affects no other record', async () => {
    const { dir, record } = await leftBehind();
    const spool = await openSpool(dir);
    const others = [newRecord('b', { key: digestOf('key') }), newRecord('c')] as const;
    for (const other of others) await spool.accept(other);
    await spool.deliver(record.id, 'done');
    await spool.deliver(others[1].id, 'done');
    flip(join(dir, 'delivered', `${record.id}.receipt`), '"name"');
    await expect(spool.find(record.id)).rejects.toMatchObject({ code: 'record_damaged' });
    expect((await spool.list('delivered', 10)).map(({ id }) => id)).toEqual([others[1].id]);
    await spool.deliver(others[0].id, 'done');
    expect(await spool.findByKey(digestOf('key'))).toMatchObject({ id: others[0].id });
  });
});

describe('a file that does not belong there', () => {
  it('is ignored', async () => {
    const { dir, record } = await leftBehind();
    for (const name of ['.DS_Store', `${record.id}.record`, '1-2.record']) {
      writeFileSync(join(dir, 'pending', name), 'x');
      writeFileSync(join(dir, 'delivered', name), 'x');
    }
    const spool = await openSpool(dir);
    expect(await spool.pending()).toEqual([record.id]);
    expect(await spool.list('delivered', 10)).toEqual([]);
    expect(fileCounts(dir)).toMatchObject({ pending: 4, delivered: 3 });
  });

  it('is removed if it was being written', async () => {
    const { dir } = await leftBehind();
    writeFileSync(join(dir, 'incoming', crypto.randomUUID()), 'half of a rec');
    await openSpool(dir);
    expect(fileCounts(dir)).toMatchObject({ incoming: 0, pending: 1 });
  });

  it('is removed if it is a dead letter of a record that is also pending', async () => {
    const { dir, record, path } = await leftBehind();
    cpSync(path, path.replace('pending', 'dead'));
    const spool = await openSpool(dir);
    expect(await spool.pending()).toEqual([record.id]);
    expect(fileCounts(dir)).toMatchObject({ pending: 1, dead: 0 });
  });

  it('does not replace the same record that is dead and whole', async () => {
    const { dir, record, path } = await leftBehind();
    cpSync(path, path.replace('pending', 'dead'));
    flip(path, 'model of a');
    const spool = await openSpool(dir);
    expect(await spool.pending()).toEqual([]);
    expect(await spool.revive(record.id)).toBe(true);
    expect(await spool.load(record.id)).toMatchObject({ files: record.files });
  });
});

describe('a record whose file was removed by hand', () => {
  it('is forgotten', async () => {
    const { dir, record, path } = await leftBehind();
    const spool = await openSpool(dir);
    rmSync(path);
    expect(await spool.find(record.id)).toBeUndefined();
    expect(await spool.load(record.id)).toBeUndefined();
    expect(await spool.pending()).toEqual([]);
    expect(spool.stats()).toEqual({ pending: 0, dead: 0, bytes: 0 });
  });

  it('is not put back if it was a dead letter', async () => {
    const { dir, record, path } = await leftBehind();
    const spool = await openSpool(dir);
    await spool.bury(record.id, 'refused');
    rmSync(path.replace('pending', 'dead'));
    expect(await spool.revive(record.id)).toBe(false);
    expect(await spool.list('dead', 10)).toEqual([]);
  });
});

describe('a folder that cannot be used', () => {
  it('is reported in one line', async () => {
    const dir = join(temporaryFolder(), 'file');
    writeFileSync(dir, '');
    await expect(openSpool(dir)).rejects.toMatchObject({
      code: 'spool_dir',
      message: expect.stringMatching(
        /^SPOOL_DIR=.* cannot be used \(E[A-Z]+: .*\): set it to a folder that trainpost can write to$/,
      ),
    });
  });

  it.each([
    ['EACCES', undefined],
    ['EROFS', undefined],
    ['EIO', 'spool_dir'],
  ])('is a folder whose parent gives %s only if the code means a fault', async (code, refusal) => {
    const dir = temporaryFolder();
    const files: SpoolFiles = {
      ...realFiles,
      syncFolder: async (path) => {
        if (path === dirname(dir)) throw Object.assign(new Error(code), { code });
        await realFiles.syncFolder(path);
      },
    };
    const opened = await openSpool(dir, { files }).catch((error: unknown) => error);
    if (refusal === undefined) expect(opened).toBeInstanceOf(Spool);
    else expect(opened).toMatchObject({ code: refusal });
  });
});
