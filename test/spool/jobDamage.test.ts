import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectFiles, foldersIn, leftBehind, openJobs, upload } from './jobSupport.ts';
import { temporaryFolder } from './support.ts';

describe('a damaged job', () => {
  const DAMAGE: Readonly<Record<string, [reason: string, damage: (folder: string) => void]>> = {
    'a ticket with another bit': ['checksum', (folder) => edit(folder, 'ticket.json', ['target', 'tarGet'])],
    'a ticket that is cut off': ['cannot be read', (folder) => cut(folder, 'ticket.json', 50)],
    'an empty ticket': ['cannot be read', (folder) => cut(folder, 'ticket.json', 0)],
    'a ticket of null': ['cannot be read', (folder) => writeFileSync(join(folder, 'ticket.json'), 'null')],
    'a ticket of zeros': [
      'cannot be read',
      (folder) => writeFileSync(join(folder, 'ticket.json'), Buffer.alloc(99)),
    ],
    'a ticket without content': [
      'checksum',
      (folder) => writeFileSync(join(folder, 'ticket.json'), '{"version":1}'),
    ],
    'a file that is cut off': ['train has 5 of', (folder) => cut(folder, 'train', 5)],
    'a file that is gone': ['test has 0 of', (folder) => rmSync(join(folder, 'test'))],
    'an end that is cut off': ['end.json cannot', (folder) => writeFileSync(join(folder, 'end.json'), '{')],
  };

  function edit(folder: string, name: string, [from, to]: [string, string]): void {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(folder, name), text.replace(from, to));
  }

  function cut(folder: string, name: string, bytes: number): void {
    writeFileSync(join(folder, name), readFileSync(join(folder, name)).subarray(0, bytes));
  }

  it.each(Object.keys(DAMAGE))('has failed, and keeps no other job from the start: %s', async (name) => {
    const [reason, damage] = DAMAGE[name] as (typeof DAMAGE)[string];
    const { dir, job, folder } = await leftBehind();
    const first = await openJobs(dir);
    const other = await first.keep(upload('b'));
    await first.close();
    damage(folder);
    let now = 10_000;
    const options = { clock: () => now, keptMs: 500 };
    const jobs = await openJobs(dir, options);
    const problem = { name: 'StorageError', code: 'job_damaged', message: expect.stringContaining(reason) };
    const end = { state: 'failed', atMs: 10_000, problem };
    expect(jobs.all()).toMatchObject([{ id: job.id, acceptedAtMs: 1_000, files: {}, end }, { id: other.id }]);
    await expect(jobs.begin(job.id)).rejects.toThrow(TypeError);
    await jobs.clearKept();
    await jobs.close();
    // The end counts from the start that found the damage.
    now = 10_400;
    const again = await openJobs(dir, options);
    expect(again.all()).toMatchObject([{ id: job.id, end }, { id: other.id }]);
    now = 10_500;
    await again.clearKept();
    expect(again.all()).toEqual([other]);
    expectFiles(other.files, 'b');
  });

  it('keeps its files until its time is over, if its ticket is damaged', async () => {
    const { dir, folder } = await leftBehind();
    cut(folder, 'ticket.json', 50);
    await (await openJobs(dir)).clearKept();
    await (await openJobs(dir)).clearKept();
    expectFiles({ train: join(folder, 'train'), test: join(folder, 'test') }, 'a');
  });

  it('is also a job in the folder of another job', async () => {
    const { dir, job, folder } = await leftBehind();
    const other = crypto.randomUUID();
    renameSync(folder, folder.replace(job.id, other));
    expect((await openJobs(dir)).all()).toMatchObject([
      { id: other, end: { problem: { message: expect.stringContaining(job.id) } } },
    ]);
  });

  it('is no job that a later trainpost wrote: that one stays as it is', async () => {
    const { dir, job, folder } = await leftBehind();
    const ticket = readFileSync(join(folder, 'ticket.json'), 'utf8');
    writeFileSync(join(folder, 'ticket.json'), ticket.replace('"version":1', '"version":2'));
    const jobs = await openJobs(dir, { keptMs: 0 });
    await jobs.clearKept();
    expect(jobs.all()).toMatchObject([{ id: job.id, end: { problem: { code: 'job_version' } } }]);
    await jobs.close();
    expect(readdirSync(folder).sort()).toEqual(['starts', 'test', 'ticket.json', 'train']);
    writeFileSync(join(folder, 'ticket.json'), ticket);
    const found = (await openJobs(dir)).find(job.id);
    expect(found).toMatchObject({ ticket: job.ticket, starts: 0 });
    expect(found).not.toHaveProperty('end');
  });
});

describe('a start', () => {
  it('clears what was never accepted, and ignores what is not a job', async () => {
    const { dir, job } = await leftBehind();
    const unaccepted = join(dir, 'jobs', `0000000000500-${crypto.randomUUID()}`);
    const being = join(dir, 'incoming-jobs', crypto.randomUUID());
    for (const folder of [unaccepted, being, join(dir, 'jobs', 'notes')]) {
      mkdirSync(folder);
      writeFileSync(join(folder, 'train'), 'x');
    }
    writeFileSync(join(dir, 'incoming-jobs', 'half'), '{');
    writeFileSync(join(dir, 'jobs', '.DS_Store'), 'x');
    expect((await openJobs(dir)).all()).toMatchObject([{ id: job.id }]);
    expect(foldersIn(dir)).toEqual({ jobs: ['.DS_Store', `0000000001000-${job.id}`, 'notes'], incoming: [] });
  });

  it('takes the newer one of two folders with the same id', async () => {
    const { dir, job, folder } = await leftBehind();
    cpSync(folder, folder.replace('1000-', '2000-'), { recursive: true });
    expect((await openJobs(dir)).all()).toMatchObject([{ id: job.id, acceptedAtMs: 2_000 }]);
    expect(foldersIn(dir)).toEqual({ jobs: [`0000000002000-${job.id}`], incoming: [] });
  });

  it('says in one line that the folder cannot be used', async () => {
    const dir = join(temporaryFolder(), 'file');
    writeFileSync(dir, '');
    await expect(openJobs(dir)).rejects.toMatchObject({ name: 'ConfigError', code: 'spool_dir' });
  });
});
