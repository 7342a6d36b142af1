import { describe, expect, it } from 'vitest';
import type { JobEnd, StoredJob } from '../../src/jobs/jobStore.ts';
import type { SpoolFiles } from '../../src/spool/files.ts';
import { JobFolders } from '../../src/spool/jobFolders.ts';
import { type Fault, faultyFiles, systemError } from './faultyFiles.ts';
import { CANCELLED, contentOf, FAILED, jobOptionsFor, type NewJob, newJob } from './jobSamples.ts';
import { MemoryDisk, type Survives } from './memoryDisk.ts';

const DIR = '/spool';
const NAMES = ['a', 'b', 'c'] as const;
type Name = (typeof NAMES)[number];
const JOBS: Readonly<Record<Name, NewJob>> = {
  a: newJob('a', { train: '/uploads/a', test: '/uploads/a2' }, '00000000-0000-4000-8000-00000000000a'),
  b: newJob('b', { train: '/uploads/b' }, '00000000-0000-4000-8000-00000000000b'),
  c: newJob('c', { test: '/uploads/c' }, '00000000-0000-4000-8000-00000000000c'),
};
const ENDS: Partial<Record<Name, JobEnd>> = { b: FAILED, c: CANCELLED };

/** Contains every change of a job. */
const STORY: readonly (readonly [Name, 'keep' | 'begin' | 'end' | 'remove'])[] = [
  ['a', 'keep'],
  ['b', 'keep'],
  ['a', 'begin'],
  ['b', 'begin'],
  ['b', 'end'],
  ['a', 'begin'],
  ['c', 'keep'],
  ['a', 'remove'],
  ['c', 'end'],
  ['b', 'remove'],
];
type Results = ('done' | 'refused' | 'begun')[];
type Play = { results: Results; operations: number };

const LINKS: Fault = () => undefined;
const COPIES: Fault = ({ kind }) => {
  if (kind === 'link') throw systemError('EXDEV');
  return undefined;
};

async function diskWithUploads(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await disk.makeFolder('/uploads');
  await disk.makeFolder(DIR);
  await disk.syncFolder('/');
  for (const path of Object.values(JOBS).flatMap(({ files }) => Object.values(files))) {
    await (await disk.open(path, 'new')).write(contentOf(path), 0);
  }
  return disk;
}

/** Plays the whole story. With `cutAt`, nothing reaches the disk from this operation on. */
async function play(disk: MemoryDisk, fault: Fault, cutAt = Number.POSITIVE_INFINITY): Promise<Play> {
  const results: Results = [];
  let operations = 0;
  const files = faultyFiles(disk, (operation) => {
    operations = operation.number;
    if (operation.number >= cutAt) throw systemError('EIO');
    return fault(operation);
  });
  const folders = await JobFolders.open(jobOptionsFor(DIR, { files })).catch(() => undefined);
  for (const [index, [name, does]] of STORY.entries()) {
    if (folders === undefined || operations >= cutAt) break;
    results[index] = 'begun';
    const result = await take(folders, name, does).then(
      () => 'done' as const,
      () => 'refused' as const,
    );
    if (operations >= cutAt) break;
    results[index] = result;
    if (does === 'keep') for (const path of Object.values(JOBS[name].files)) await disk.remove(path);
  }
  await folders?.close();
  return { results, operations };
}

async function take(folders: JobFolders, name: Name, does: (typeof STORY)[number][1]): Promise<void> {
  const { id } = JOBS[name];
  if (does === 'keep') await folders.keep(JOBS[name]);
  else if (does === 'end') await folders.end(id, ENDS[name] as JobEnd);
  else await folders[does](id);
}

/** Checks that the next start finds each job whole or not at all, with everything that was acknowledged. */
async function check(disk: MemoryDisk, results: Results, isClean = false): Promise<readonly StoredJob[]> {
  const folders = await JobFolders.open(jobOptionsFor(DIR, { files: disk }));
  const jobs = folders.all();
  for (const name of NAMES) {
    const found = jobs.filter(({ id }) => id === JOBS[name].id);
    expect(found.length).toBeLessThanOrEqual(1);
    expect(folders.find(JOBS[name].id)).toEqual(found[0]);
    const seen = (does: string) =>
      results.filter((result, index) => is(index, name, does) && result !== undefined);
    const kept = seen('keep')[0];
    const removed = seen('remove')[0];
    if (kept === undefined || removed === 'done' || (isClean && kept === 'refused')) {
      expect(found).toEqual([]);
    } else if (kept === 'done' && removed === undefined) expect(found).toHaveLength(1);
    if (found[0]) await checkWhole(disk, name, found[0], seen);
  }
  expect(disk.paths().filter((path) => path.includes('/incoming'))).toEqual([]);
  await folders.close();
  return jobs;
}

async function checkWhole(disk: MemoryDisk, name: Name, job: StoredJob, seen: (does: string) => Results) {
  expect(job.ticket).toEqual(JOBS[name].ticket);
  const ended = seen('end')[0];
  if (ended === 'done') expect(job.end).toEqual(ENDS[name]);
  if (ended === undefined) expect(job.end).toBeUndefined();
  expect([undefined, ENDS[name]]).toContainEqual(job.end);
  const starts = seen('begin');
  expect(job.starts).toBeGreaterThanOrEqual(starts.filter((result) => result === 'done').length);
  expect(job.starts).toBeLessThanOrEqual(starts.length);
  const inside = disk.paths().filter((path) => path.includes(job.id));
  expect(inside.length).toBe(2 + Object.keys(job.files).length + (job.end ? 1 : 0));
  expect(Object.keys(job.files)).toEqual(job.end ? [] : Object.keys(JOBS[name].files));
  for (const [which, path] of Object.entries(job.files)) {
    expect(await disk.read(path)).toEqual(contentOf(JOBS[name].files[which] as string));
  }
}

function is(index: number, name: Name, does: string): boolean {
  const step = STORY[index] as (typeof STORY)[number];
  return step[0] === name && step[1] === does;
}

function chances(seed: number): Survives {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >= 2 ** 31;
  };
}

describe.each([
  ['second names', LINKS],
  ['copies', COPIES],
])('jobs with %s of the files', (_name, fault) => {
  it('go through the story if nothing fails', async () => {
    const disk = await diskWithUploads();
    const { results, operations } = await play(disk, fault);
    expect(results).toEqual(STORY.map(() => 'done'));
    expect(operations).toBeGreaterThan(80);
    const jobs = await check(disk, results);
    expect(jobs).toEqual([
      {
        id: JOBS.c.id,
        ticket: JOBS.c.ticket,
        acceptedAtMs: expect.any(Number),
        files: {},
        starts: 0,
        end: CANCELLED,
      },
    ]);
  });

  it.each<[string, Survives[]]>([
    ['a power cut that loses everything without an fsync', [() => false]],
    ['a kill', [() => true]],
    ['a power cut that loses a part of it', [1, 2, 3, 4].map(chances)],
  ])('are there whole or not at all, at any operation: %s', async (_cut, survivals) => {
    const { operations } = await play(await diskWithUploads(), fault);
    for (let cutAt = 1; cutAt <= operations + 1; cutAt++) {
      for (const survives of survivals) {
        const disk = await diskWithUploads();
        const { results } = await play(disk, fault, cutAt);
        await check(disk.afterPowerCut(survives), results);
      }
    }
  });

  it('lose nothing, and leave nothing of a refused job, if one operation fails', async () => {
    const { operations } = await play(await diskWithUploads(), fault);
    let refusals = 0;
    for (let number = 1; number <= operations; number++) {
      const disk = await diskWithUploads();
      const { results } = await play(disk, (operation) => {
        if (operation.number === number) throw systemError('EIO');
        return fault(operation);
      });
      refusals += results.filter((result) => result === 'refused').length;
      await check(disk.afterKill(), results, true);
    }
    expect(refusals).toBeGreaterThan(40);
  });
});

it('reach the disk when a start has found them, after a kill at any operation', async () => {
  const { operations } = await play(await diskWithUploads(), LINKS);
  for (let killAt = 1; killAt <= operations + 1; killAt++) {
    const disk = await diskWithUploads();
    const { results } = await play(disk, LINKS, killAt);
    const found = await check(disk, results);
    const again = await check(
      disk.afterPowerCut(() => false),
      results,
    );
    expect(again.map(({ id, end }) => [id, end])).toEqual(found.map(({ id, end }) => [id, end]));
  }
});

it('lose nothing if a process ends again during its start', async () => {
  const { operations } = await play(await diskWithUploads(), LINKS);
  for (let round = 0; round < 400; round++) {
    const disk = await diskWithUploads();
    const { results } = await play(disk, LINKS, 1 + (round % (operations + 1)));
    const left = round % 3 === 0 ? disk : disk.afterPowerCut(chances(round));
    const cutAt = 1 + ((round * 7) % 40);
    const files: SpoolFiles = faultyFiles(left, ({ number }) => {
      if (number >= cutAt) throw systemError('EIO');
      return undefined;
    });
    await JobFolders.open(jobOptionsFor(DIR, { files })).catch(() => undefined);
    await check(left.afterPowerCut(round % 2 === 0 ? () => false : chances(round)), results);
  }
});
