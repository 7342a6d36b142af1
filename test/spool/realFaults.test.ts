import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { realFiles } from '../../src/spool/files.ts';
import { Spool } from '../../src/spool/spool.ts';
import { drawn } from '../support/draws.ts';
import { check } from './checkStory.ts';
import { buildChild, playInChild } from './children.ts';
import { faultyFiles, type Operation } from './faultyFiles.ts';
import { newRecord, optionsFor } from './samples.ts';
import { play, STORY } from './story.ts';
import { fileCounts, openSpool, temporaryFolder } from './support.ts';

const RECORD_BYTES = 100_000;
const AS_ROOT = process.getuid?.() === 0 ? [] : ['sudo', '-n'];

function run(command: readonly string[]): boolean {
  const [program, ...args] = command as [string, ...string[]];
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/** Mounts a disk of 1 MB. Returns undefined if this user may not mount a disk. */
function smallDisk(): string | undefined {
  const dir = join(temporaryFolder(), 'disk');
  mkdirSync(dir);
  const owner = `uid=${process.getuid?.()},gid=${process.getgid?.()}`;
  if (!run([...AS_ROOT, 'mount', '-t', 'tmpfs', '-o', `size=1m,${owner}`, 'tmpfs', dir])) {
    missing('tmpfs cannot be mounted');
    return undefined;
  }
  onTestFinished(() => expect(run([...AS_ROOT, 'umount', '-l', dir])).toBe(true));
  return dir;
}

/** Fails if CI=true, because no test may be skipped there. */
function missing(note: string): void {
  if (process.env['CI'] === 'true') throw new Error(`${note}, and with CI=true no test is skipped`);
}

function largeRecord(name: string) {
  return newRecord(name, { files: [{ path: 'model', bytes: Buffer.alloc(RECORD_BYTES, name) }] });
}

describe('a full disk', () => {
  it('refuses records as disk_full, keeps accepted records whole, and goes on once there is space', async ({
    skip,
  }) => {
    const disk = smallDisk();
    if (disk === undefined) return skip('tmpfs cannot be mounted');
    const dir = join(disk, 'spool');
    const spool = await openSpool(dir);
    const taken = [];
    for (let index = 0; ; index++) {
      const record = largeRecord(`${index}`);
      const refusal = await spool.accept(record).catch((error: unknown) => error);
      if (refusal === undefined) {
        taken.push(record);
        continue;
      }
      expect(refusal).toMatchObject({ code: 'disk_full' });
      break;
    }
    expect(taken.length).toBeGreaterThan(5);
    expect(fileCounts(dir)).toEqual({ incoming: 0, pending: taken.length, delivered: 0, dead: 0 });

    const [first] = taken as [(typeof taken)[0]];
    fill(join(disk, 'filler'));
    let notes = 0;
    let refusal: unknown;
    while (refusal === undefined) {
      refusal = await spool.note(first.id, `note ${notes}`).then(
        () => void notes++,
        (error) => error,
      );
    }
    expect(refusal).toMatchObject({ code: 'disk_full' });
    await expect(spool.deliver(first.id, 'done')).rejects.toMatchObject({ code: 'disk_full' });
    for (const record of taken) {
      const loaded = await spool.load(record.id);
      expect(loaded?.files[0]?.bytes.equals(record.files[0]!.bytes)).toBe(true);
    }
    expect((await spool.load(first.id))?.notes).toHaveLength(notes);

    rmSync(join(disk, 'filler'));
    const [, second] = taken as [unknown, (typeof taken)[0]];
    await spool.deliver(second.id, 'done');
    await spool.note(first.id, 'now');
    await spool.close();
    const again = await openSpool(dir);
    expect(await again.pending()).toEqual(taken.map(({ id }) => id).filter((id) => id !== second.id));
    expect((await again.load(first.id))?.notes).toHaveLength(notes + 1);
    expect(await again.find(second.id)).toMatchObject({ state: 'delivered' });
  });

  it('keeps the share that must stay free', async ({ skip }) => {
    const disk = smallDisk();
    if (disk === undefined) return skip('tmpfs cannot be mounted');
    const spool = await openSpool(join(disk, 'spool'), { diskFreeMin: 0.5 });
    let refusal: unknown;
    for (let index = 0; refusal === undefined; index++) {
      refusal = await spool.accept(largeRecord(`${index}`)).catch((error: unknown) => error);
    }
    expect(refusal).toMatchObject({ code: 'spool_disk_low', details: { limit: 50 } });
    const { bytes, freeBytes } = await realFiles.space(disk);
    expect(freeBytes / bytes).toBeGreaterThanOrEqual(0.5);
  });
});

/** Takes all the space that is left, to the last page. */
function fill(path: string): void {
  expect(() => {
    while (true) writeFileSync(path, Buffer.alloc(4_096), { flag: 'a' });
  }).toThrow('ENOSPC');
}

const canTrace = run(['strace', '-o', '/dev/null', 'true']);
if (!canTrace) missing('strace cannot be run');

describe.skipIf(!canTrace)('an fsync of a real process', () => {
  let program: string;
  let remove: () => void;
  beforeAll(async () => {
    ({ program, remove } = await buildChild());
  });
  afterAll(() => remove());

  const calls = [
    ['fsync', 'syncFolder'],
    ['fdatasync', 'sync'],
  ] as const;
  const ends = [
    ['fails', 'error=EIO', null],
    ['kills the process', 'signal=KILL', 'SIGKILL'],
  ] as const;
  it.each(calls.flatMap(([call, kind]) => ends.map((end) => [call, kind, ...end] as const)))(
    'loses nothing if each %s (%s) in turn %s',
    async (call, kind, _ends, injection, dies) => {
      const count = (await operationsOfStory()).filter((operation) => operation.kind === kind).length;
      expect(count).toBeGreaterThan(5);
      const numbers = Array.from({ length: count }, (_, index) => index + 1);
      for (const number of drawn(numbers, 1 / 3)) {
        const dir = temporaryFolder();
        const { results, signal } = await playStraced(program, dir, call, `${injection}:when=${number}`);
        expect(signal, `number ${number}`).toBe(dies);
        expect(results).not.toEqual(STORY.map(() => 'done'));
        const spool = await openSpool(dir);
        await check(spool, results, signal === null);
        expect(fileCounts(dir)).toMatchObject({ incoming: 0 });
        await spool.close();
      }
      const { results } = await playStraced(
        program,
        temporaryFolder(),
        call,
        `${injection}:when=${count + 1}`,
      );
      expect(results).toEqual(STORY.map(() => 'done'));
    },
  );
});

/** Plays the story under strace. One thread does all file operations, because strace counts calls for each thread. */
function playStraced(program: string, dir: string, call: string, injection: string) {
  const inject = `inject=${call}:${injection}`;
  const command = ['strace', '-f', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject];
  return playInChild(program, [dir], command, { UV_THREADPOOL_SIZE: '1' });
}

async function operationsOfStory(): Promise<Operation[]> {
  const operations: Operation[] = [];
  const files = faultyFiles(realFiles, (operation) => {
    operations.push(operation);
    return undefined;
  });
  const spool = await Spool.open(optionsFor(temporaryFolder(), { files }));
  await play(spool, () => undefined);
  await spool.close();
  return operations;
}
