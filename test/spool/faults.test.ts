import { describe, expect, it } from 'vitest';
import { StorageError } from '../../src/errors.ts';
import { realFiles } from '../../src/spool/files.ts';
import { Spool } from '../../src/spool/spool.ts';
import { check } from './checkStory.ts';
import { type Fault, faultyFiles, type Operation, systemError } from './faultyFiles.ts';
import { newRecord, optionsFor } from './samples.ts';
import { play, RECORDS, type Results, STORY } from './story.ts';
import { FAST_DISK, fileCounts, openSpool, removeClaims, temporaryFolder } from './support.ts';

/** Operations that change the disk. A failed read is reported, and can lose nothing. */
const CHANGES: ReadonlySet<Operation['kind']> = new Set([
  'open',
  'write',
  'sync',
  'close',
  'rename',
  'link',
  'remove',
  'syncFolder',
  'setModified',
]);

async function operationsOfStory(): Promise<Operation[]> {
  const operations: Operation[] = [];
  await playWith(temporaryFolder(FAST_DISK), (operation) => {
    operations.push(operation);
    return undefined;
  });
  return operations;
}

/** Plays the story on real files. Checks the spool afterwards, and again after the next start. */
async function playWith(dir: string, fault: Fault, isClean = true): Promise<Results> {
  const results: Results = [];
  const files = faultyFiles(realFiles, fault);
  const spool = await Spool.open(optionsFor(dir, { files })).catch(() => undefined);
  if (spool) {
    await play(spool, (step, result) => {
      results[step] = result;
    });
    if (isClean) {
      await check(spool, results, true);
      const delivered = await spool.list('delivered', 10);
      const keys = delivered.filter(({ id }) => id === RECORDS.a.id);
      expect(fileCounts(dir)).toMatchObject({ delivered: delivered.length + keys.length });
    }
    await spool.close();
  }
  removeClaims(dir);
  const again = await openSpool(dir);
  await check(again, results, isClean);
  expect(fileCounts(dir)).toMatchObject({ incoming: 0 });
  await again.close();
  return results;
}

describe('an operation that fails', () => {
  it.each(['EIO', 'ENOSPC'] as const)('loses nothing and leaves nothing half-written: %s', async (code) => {
    const operations = await operationsOfStory();
    const kinds = new Set<string>();
    for (const { number, kind } of operations) {
      if (!CHANGES.has(kind)) continue;
      kinds.add(kind);
      const results = await playWith(temporaryFolder(FAST_DISK), (operation) => {
        if (operation.number === number) throw systemError(code);
        return undefined;
      });
      expect(results.length).toBeOneOf([0, STORY.length]);
    }
    expect(kinds).toEqual(CHANGES);
  });

  it('loses nothing if a write takes half of its bytes and then the disk is full', async () => {
    const operations = await operationsOfStory();
    const writes = operations.filter(({ kind }) => kind === 'write');
    expect(writes.length).toBeGreaterThan(STORY.length);
    for (const { number } of writes) {
      await playWith(temporaryFolder(FAST_DISK), (operation) => {
        if (operation.number === number) return 'half';
        if (operation.number === number + 1 && operation.kind === 'write') throw systemError('ENOSPC');
        return undefined;
      });
    }
  });

  it('is followed by a write of the rest, if a write took half of its bytes', async () => {
    const results = await playWith(temporaryFolder(FAST_DISK), ({ kind, number }) =>
      kind === 'write' && number % 2 === 0 ? 'half' : undefined,
    );
    expect(results).toEqual(STORY.map(() => 'done'));
  });

  it('loses nothing if all later operations fail too', async () => {
    const operations = await operationsOfStory();
    for (const { number } of operations) {
      const isDead: Fault = (operation) => {
        if (operation.number >= number) throw systemError('EIO');
        return undefined;
      };
      await playWith(temporaryFolder(FAST_DISK), isDead, false);
    }
  });
});

describe('accept', () => {
  it.each([
    ['write', 'ENOSPC', 'disk_full'],
    ['sync', 'ENOSPC', 'disk_full'],
    ['sync', 'EIO', 'spool_write_failed'],
    ['rename', 'EIO', 'spool_write_failed'],
    ['syncFolder', 'EIO', 'spool_write_failed'],
  ] as const)('is refused without a retry, and leaves nothing, if %s gives %s', async (kind, code, says) => {
    const dir = temporaryFolder(FAST_DISK);
    const seen: string[] = [];
    let isFailing = false;
    const files = faultyFiles(realFiles, (operation) => {
      if (isFailing) seen.push(operation.kind);
      if (isFailing && operation.kind === kind) throw systemError(code);
      return undefined;
    });
    const spool = await openSpool(dir, { files });
    isFailing = true;
    const refusal = await spool.accept(newRecord('a')).catch((error: unknown) => error);
    isFailing = false;
    expect(refusal).toBeInstanceOf(StorageError);
    expect(refusal).toMatchObject({ code: says });
    expect(seen.filter((one) => one === kind)).toHaveLength(1);
    expect(fileCounts(dir)).toEqual({ incoming: 0, pending: 0, delivered: 0, dead: 0 });
    expect(spool.stats()).toEqual({ pending: 0, dead: 0, bytes: 0 });
    await spool.accept(newRecord('b'));
    expect(await spool.pending()).toHaveLength(1);
  });
});

describe('a note whose fsync failed', () => {
  it('is refused, and the next note goes into a new file', async () => {
    const dir = temporaryFolder(FAST_DISK);
    let isFailing = false;
    const opened: string[] = [];
    const files = faultyFiles(realFiles, ({ kind, path }) => {
      if (kind === 'open') opened.push(path);
      if (isFailing && kind === 'sync') throw systemError('EIO');
      return undefined;
    });
    const spool = await openSpool(dir, { files });
    const record = newRecord('a');
    await spool.accept(record);
    await spool.note(record.id, 'first');
    isFailing = true;
    await expect(spool.note(record.id, 'a long one that does not get there')).rejects.toThrow('(EIO)');
    isFailing = false;
    expect(await spool.load(record.id)).toMatchObject({ notes: ['first'] });
    opened.length = 0;
    await spool.note(record.id, 'next');
    expect(opened.map((path) => path.includes('/incoming/'))).toEqual([true, false]);
    expect(await spool.load(record.id)).toMatchObject({ notes: ['first', 'next'], files: record.files });
    await spool.close();
    const again = await openSpool(dir);
    expect(await again.load(record.id)).toMatchObject({ notes: ['first', 'next'], files: record.files });
  });
});
