import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FileLock, LockHeldError, withLock } from '../../src/system/fileLock.mjs';
import { type PlainFiles, plainFiles } from '../../src/system/plainFiles.mjs';
import { ownIdentity } from '../../src/system/processIdentity.mjs';
import { contentOf, endedProcess, temporaryFolder } from './support.ts';

const HEARTBEAT = { beatMs: 20, staleMs: 200 };
const WAIT = { waitMaxMs: 600_000 };
const FAR = { pid: 7, started: '1', host: 'far', pidSpace: 'far' };

const lockPath = () => join(temporaryFolder(), 'lock');
const filesOf = (path: string) => readdirSync(join(path, '..')).sort();

/** Runs several pieces of work under one lock and gives how many were at work at once, at most. */
async function together(path: string, count: number): Promise<number> {
  let now = 0;
  let most = 0;
  const work = async () => {
    now++;
    most = Math.max(most, now);
    await sleep(20);
    now--;
  };
  const options = { ...WAIT, heartbeat: HEARTBEAT };
  await Promise.all(Array.from({ length: count }, () => withLock(path, options, work)));
  return most;
}

describe('withLock', () => {
  it('lets one work at a time, gives its result, and leaves one file', async () => {
    const path = lockPath();
    expect(await together(path, 3)).toBe(1);
    expect(await withLock(path, WAIT, async () => 'result')).toBe('result');
    expect(filesOf(path)).toEqual(['lock-4']);
  });

  it('releases the lock if the work fails', async () => {
    const path = lockPath();
    const work = () => Promise.reject(new Error('no'));
    await expect(withLock(path, WAIT, work)).rejects.toThrow('no');
    await FileLock.take(path);
  });

  it('says once who holds the lock, and stops when it is aborted', async () => {
    const path = lockPath();
    await FileLock.take(path);
    const aborted = new AbortController();
    const waits: string[] = [];
    const onWait = (heldBy: string) => void waits.push(heldBy);
    let looks = 0;
    const names = (folder: string) => {
      looks++;
      return plainFiles.names(folder);
    };
    const options = { ...WAIT, onWait, signal: aborted.signal, files: { ...plainFiles, names } };
    const rejected = expect(withLock(path, options, async () => {})).rejects.toThrow('aborted');
    await expect.poll(() => looks).toBe(3);
    aborted.abort();
    await rejected;
    expect(waits).toEqual([expect.stringMatching(new RegExp(`^process ${process.pid} on .`))]);
  });

  it('takes no lock after an abort', async () => {
    const path = lockPath();
    const options = { ...WAIT, signal: AbortSignal.abort() };
    await expect(withLock(path, options, async () => {})).rejects.toThrow('aborted');
    expect(filesOf(path)).toEqual([]);
  });

  it('stops watching a heartbeat when it is aborted', async () => {
    const path = lockPath();
    writeFileSync(`${path}-1`, contentOf(FAR));
    const options = { ...WAIT, signal: AbortSignal.timeout(100) };
    await expect(withLock(path, options, async () => {})).rejects.toThrow('aborted');
  });

  it('gives up after a time, and says what to do', async () => {
    const path = lockPath();
    await FileLock.take(path);
    const waiting = withLock(path, { waitMaxMs: 600 }, async () => {});
    await expect(waiting).rejects.toBeInstanceOf(LockHeldError);
    await expect(waiting).rejects.toThrow(
      new RegExp(`lock has been held by process ${process.pid} on .+ for \\d+ s: end that process`),
    );
  });

  it('tells that the folder is missing', async () => {
    await expect(withLock('/nowhere/lock', WAIT, async () => {})).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the lock of a dead holder', () => {
  it.each<[string, () => string | Promise<string>]>([
    ['that has ended', async () => contentOf(await endedProcess())],
    ['whose pid another process has now', () => contentOf({ ...ownIdentity(), started: '0' })],
    ['that has released it', () => contentOf({ ...ownIdentity(), isReleased: true })],
    ['on another machine without a heartbeat', () => contentOf(FAR)],
    ['whose file a power cut has emptied', () => ''],
    ['whose file is cut off', () => '{"pid":'],
    ['whose file has no holder', () => 'null'],
  ])('is taken over once: a holder %s', async (_name, content) => {
    const path = lockPath();
    writeFileSync(`${path}-5`, await content());
    writeFileSync(`${path}-${crypto.randomUUID()}`, 'of a process that was killed');
    expect(await together(path, 3)).toBe(1);
    expect(filesOf(path)).toEqual(['lock-8']);
  });

  it('leaves other files alone', async () => {
    const path = lockPath();
    const others = ['lock', 'lock-', 'lock-1a', 'lock-9999999999999999', 'other-3'];
    for (const name of others) writeFileSync(join(path, '..', name), '');
    await FileLock.take(path);
    expect(filesOf(path)).toEqual([...others, 'lock-1'].sort());
  });
});

describe('the lock of a living holder', () => {
  it('is refused at once', async () => {
    const path = lockPath();
    await FileLock.take(path);
    await expect(FileLock.take(path)).rejects.toThrow(`is held by process ${process.pid} on `);
  });

  it('is refused if the holder is elsewhere and has a heartbeat, even if its clock is wrong', async () => {
    const path = lockPath();
    writeFileSync(`${path}-5`, contentOf(FAR));
    let atS = 1_000_000;
    const timer = setInterval(() => utimesSync(`${path}-5`, ++atS, atS), HEARTBEAT.beatMs);
    onTestFinished(() => clearInterval(timer));
    const heartbeat = { ...HEARTBEAT, staleMs: 60_000 };
    await expect(FileLock.take(path, { heartbeat })).rejects.toMatchObject({ heldBy: 'process 7 on far' });
  });

  it('has a heartbeat until it is released', async () => {
    const path = lockPath();
    let touches = 0;
    const touch: PlainFiles['touch'] = (touched, atMs) => {
      touches++;
      return plainFiles.touch(touched, atMs);
    };
    const lock = await FileLock.take(path, { heartbeat: HEARTBEAT, files: { ...plainFiles, touch } });
    const atMs = () => statSync(`${path}-1`).mtimeMs;
    const before = atMs();
    await expect.poll(atMs).not.toBe(before);
    await lock.release();
    const released = touches;
    await sleep(5 * HEARTBEAT.beatMs);
    expect(touches).toBe(released);
  });
});

describe('a holder that was taken for dead', () => {
  it('knows, and its release leaves the lock of the next holder alone', async () => {
    const path = lockPath();
    const lock = await FileLock.take(path, { heartbeat: { beatMs: 600_000, staleMs: 600_000 } });
    const next = contentOf(FAR);
    writeFileSync(`${path}-2`, next);
    expect(await lock.isHeld()).toBe(true);
    vi.useFakeTimers({ now: Date.now() + 400_000, toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    expect(await lock.isHeld()).toBe(false);
    await lock.release();
    expect(readFileSync(`${path}-2`, 'utf8')).toBe(next);
  });

  it('releases nothing but its own number if it does not know', async () => {
    const path = lockPath();
    const lock = await FileLock.take(path);
    const next = contentOf(ownIdentity());
    writeFileSync(`${path}-2`, next);
    await plainFiles.remove(`${path}-1`);
    await lock.release();
    expect(filesOf(path)).toEqual(['lock-2']);
    expect(readFileSync(`${path}-2`, 'utf8')).toBe(next);
  });
});

describe('a disk that fails', () => {
  const failing = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }));

  it('leaves the lock free if the second look fails', async () => {
    const path = lockPath();
    const files: PlainFiles = { ...plainFiles, read: failing };
    await expect(FileLock.take(path, { files })).rejects.toThrow('EIO');
    await FileLock.take(path);
  });

  it('leaves old files to the next holder', async () => {
    const path = lockPath();
    writeFileSync(`${path}-1`, contentOf(await endedProcess()));
    const lock = await FileLock.take(path, { files: { ...plainFiles, remove: failing } });
    expect(filesOf(path)).toHaveLength(3);
    await lock.release();
    await FileLock.take(path);
    expect(filesOf(path)).toEqual(['lock-3']);
  });

  it('needs no more room for a release', async () => {
    const path = lockPath();
    const lock = await FileLock.take(path);
    const { size, ino } = statSync(`${path}-1`);
    await lock.release();
    expect(statSync(`${path}-1`)).toMatchObject({ size, ino });
  });

  it('says so if the file system has no hard links', async () => {
    const link = () => Promise.reject(Object.assign(new Error('EPERM: no link'), { code: 'EPERM' }));
    const path = lockPath();
    await expect(FileLock.take(path, { files: { ...plainFiles, link } })).rejects.toThrow('EPERM');
    expect(filesOf(path)).toEqual([]);
  });
});

/**
 * The first process looks and finds no lock. Meanwhile others take number 1, release it, and take number 2. The first
 * process links number 1, which is free again, and reads the folder. Meanwhile the next holder takes number 3 and removes
 * the lower ones, and the first process finds neither number 2 nor number 3.
 */
it.each<[string, (path: string) => void]>([
  ['has gone', () => {}],
  ['was made again by a third process', (path) => writeFileSync(`${path}-1`, contentOf(ownIdentity()))],
])('a number that was linked too late does not count: its file %s', async (_name, then) => {
  const path = lockPath();
  const [refused, removed] = [new EventTarget(), new EventTarget()];
  const next: PlainFiles = {
    ...plainFiles,
    remove: async (removedPath) => {
      await plainFiles.remove(removedPath);
      if (!removedPath.endsWith('lock-2')) return;
      removed.dispatchEvent(new Event('now'));
      await once(refused, 'now');
    },
  };
  let looks = 0;
  let taking: Promise<FileLock> | undefined;
  const first: PlainFiles = {
    ...plainFiles,
    open: async (file, which) => {
      // A holder removes the temporary files that it finds, so this one is made after the last holder has looked.
      if (looks === 1) for (let turn = 0; turn < 2; turn++) await (await FileLock.take(path)).release();
      return await plainFiles.open(file, which);
    },
    names: async function* (folder) {
      if (++looks !== 2) return yield* plainFiles.names(folder);
      const isRemoved = once(removed, 'now');
      taking = FileLock.take(path, { files: next });
      await isRemoved;
      then(path);
      yield 'lock-1';
    },
  };
  await expect(FileLock.take(path, { files: first })).rejects.toThrow(LockHeldError);
  refused.dispatchEvent(new Event('now'));
  expect(await (await taking)?.isHeld()).toBe(true);
});
