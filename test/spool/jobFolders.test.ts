import { readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { relative } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { StorageError } from '../../src/errors.ts';
import { realFiles } from '../../src/spool/files.ts';
import { faultyFiles, systemError } from './faultyFiles.ts';
import { CANCELLED, FAILED, type NewJob } from './jobSamples.ts';
import { expectFiles, foldersIn, leftBehind, openJobs, removeUploads, upload } from './jobSupport.ts';
import { newRecord } from './samples.ts';
import { FAST_DISK, openSpool, removeClaims, temporaryFolder } from './support.ts';

describe('keep', () => {
  it.each([
    ['on the same disk', FAST_DISK],
    ['on another disk, where the machine has two', tmpdir()],
  ])('takes files %s, and leaves the caller its own names', async (_where, on) => {
    const dir = temporaryFolder(FAST_DISK);
    const job = upload('a', on);
    const jobs = await openJobs(dir, { clock: () => 1_000 });
    const kept = await jobs.keep(job);
    expect(kept).toMatchObject({ id: job.id, ticket: job.ticket, acceptedAtMs: 1_000, starts: 0 });
    expect(kept).not.toHaveProperty('end');
    expect(jobs.find(job.id)).toEqual(kept);
    expectFiles(job.files, 'a');
    const isSameDisk = statSync(job.files['train'] as string).dev === statSync(dir).dev;
    expect(statSync(job.files['train'] as string).nlink).toBe(isSameDisk ? 2 : 1);
    removeUploads(job);
    expectFiles(kept.files, 'a');
    expect(foldersIn(dir)).toEqual({ jobs: [`0000000001000-${job.id}`], incoming: [] });
  });

  it.each(['EXDEV', 'EPERM'] as const)(
    'copies the files if the disk gives %s for second names',
    async (code) => {
      const files = faultyFiles(realFiles, ({ kind }) => {
        if (kind === 'link') throw systemError(code);
        return undefined;
      });
      const job = upload('a');
      const kept = await (await openJobs(temporaryFolder(FAST_DISK), { files })).keep(job);
      expectFiles(kept.files, 'a');
      expect(statSync(kept.files['train'] as string).nlink).toBe(1);
    },
  );

  it.each([
    ['link', 'EIO', 'spool_write_failed'],
    ['sync', 'ENOSPC', 'disk_full'],
    ['write', 'ENOSPC', 'disk_full'],
    ['rename', 'EIO', 'spool_write_failed'],
    ['syncFolder', 'EIO', 'spool_write_failed'],
  ] as const)('leaves nothing, and the uploads untouched, if %s gives %s', async (kind, code, says) => {
    const dir = temporaryFolder(FAST_DISK);
    let isFailing = false;
    const files = faultyFiles(realFiles, (operation) => {
      if (isFailing && operation.kind === kind) throw systemError(code);
      return undefined;
    });
    const jobs = await openJobs(dir, { files });
    isFailing = true;
    const job = upload('a');
    const refusal = jobs.keep(job);
    await expect(refusal).rejects.toBeInstanceOf(StorageError);
    await expect(refusal).rejects.toMatchObject({ code: says });
    isFailing = false;
    expect(jobs.all()).toEqual([]);
    expect(foldersIn(dir)).toEqual({ jobs: [], incoming: [] });
    expectFiles(job.files, 'a');
    await jobs.keep(job);
  });

  it('accepts a job with one rename, after everything in its folder is on the disk', async () => {
    const dir = temporaryFolder(FAST_DISK);
    let seen: string[] = [];
    const files = faultyFiles(realFiles, ({ kind, path }) => {
      const place = relative(dir, path).replace(/(?:\d{13}-)?[0-9a-f]{8}-[0-9a-f-]{27}/, '*');
      if (['sync', 'rename', 'syncFolder'].includes(kind)) seen.push(`${kind} ${place}`);
      return undefined;
    });
    const jobs = await openJobs(dir, { files });
    seen = [];
    await jobs.keep(upload('a'));
    expect(seen).toEqual([
      'sync incoming-jobs/*/train',
      'sync incoming-jobs/*/test',
      'sync incoming-jobs/*/starts',
      'sync incoming-jobs/*/ticket.json',
      'syncFolder incoming-jobs/*',
      'rename jobs/*',
      'syncFolder jobs',
      'syncFolder incoming-jobs',
    ]);
  });

  it.each<[string, string[]]>([
    ['is removed', []],
    ['is not found by the next process, even if it cannot be removed', ['removeAll']],
  ])(
    'refuses a job whose folder perhaps has no name on the disk, and the folder %s',
    async (_name, failing) => {
      const dir = temporaryFolder(FAST_DISK);
      let isFailing = false;
      const files = faultyFiles(realFiles, ({ kind, path }) => {
        const fails = failing.includes(kind) || (kind === 'syncFolder' && path.endsWith('jobs'));
        if (isFailing && fails) throw systemError('EIO');
        return undefined;
      });
      const jobs = await openJobs(dir, { files });
      isFailing = true;
      await expect(jobs.keep(upload('a'))).rejects.toMatchObject({ code: 'spool_write_failed' });
      expect(jobs.all()).toEqual([]);
      expect(foldersIn(dir).jobs).toHaveLength(failing.length);
      expect((await openJobs(dir)).all()).toEqual([]);
      expect(foldersIn(dir)).toEqual({ jobs: [], incoming: [] });
    },
  );

  it('refuses a job whose upload is gone', async () => {
    const job = upload('a');
    removeUploads(job);
    const jobs = await openJobs(temporaryFolder(FAST_DISK));
    await expect(jobs.keep(job)).rejects.toMatchObject({ code: 'spool_write_failed' });
  });

  it('lets no text of a caller become a part of a path', async () => {
    const jobs = await openJobs(temporaryFolder(FAST_DISK));
    const job = upload('a');
    await expect(jobs.keep({ ...job, id: '../../x' })).rejects.toThrow(TypeError);
    await expect(jobs.keep({ ...job, files: { '../x': '/etc/hosts' } })).rejects.toThrow(TypeError);
    expect(jobs.find('../../x')).toBeUndefined();
    await jobs.keep(job);
    await expect(jobs.keep(job)).rejects.toThrow('already');
  });

  it('takes one of two jobs with the same id', async () => {
    const jobs = await openJobs(temporaryFolder(FAST_DISK));
    const job = upload('a');
    const taken = await Promise.allSettled([jobs.keep(job), jobs.keep(job)]);
    expect(taken.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(jobs.all()).toHaveLength(1);
  });
});

describe('a job', () => {
  it('is found by the next process, with its starts and its end', async () => {
    const dir = temporaryFolder(FAST_DISK);
    let now = 2_000;
    const jobs = await openJobs(dir, { clock: () => now });
    const [waiting, begun, failed, cancelled] = ['a', 'b', 'c', 'd'].map((name) => upload(name)) as [
      NewJob,
      NewJob,
      NewJob,
      NewJob,
    ];
    for (const job of [waiting, begun, failed, cancelled]) await jobs.keep(job);
    now = 1_000;
    await Promise.all([jobs.begin(begun.id), jobs.begin(begun.id), jobs.begin(failed.id)]);
    await jobs.end(failed.id, FAILED);
    await jobs.end(cancelled.id, CANCELLED);
    const before = jobs.all();
    expect(before.map(({ id }) => id)).toEqual([waiting, begun, failed, cancelled].map(({ id }) => id));
    expect(before.map(({ starts }) => starts)).toEqual([0, 2, 1, 0]);
    expect(before.map(({ end }) => end)).toEqual([undefined, undefined, FAILED, CANCELLED]);
    expect(before.map(({ files }) => Object.keys(files).length)).toEqual([2, 2, 0, 0]);
    await jobs.close();
    const again = await openJobs(dir, { clock: () => now });
    expect(again.all()).toEqual(before);
    await again.begin(begun.id);
    expect(again.find(begun.id)?.starts).toBe(3);
    // The order of acceptance stays, although the clock went back.
    const late = await again.keep(upload('e'));
    expect(again.all().at(-1)).toEqual(late);
  });

  it('loses its files when it ends, and stays as it ended first', async () => {
    const { dir, job, folder } = await leftBehind();
    const jobs = await openJobs(dir);
    await Promise.all([jobs.end(job.id, FAILED), jobs.end(job.id, CANCELLED)]);
    await jobs.end(job.id, CANCELLED);
    await jobs.end(crypto.randomUUID(), CANCELLED);
    expect(jobs.find(job.id)).toMatchObject({ end: FAILED, files: {} });
    expect(readdirSync(folder).sort()).toEqual(['end.json', 'starts', 'ticket.json']);
  });

  it('cannot begin if it has ended, or is not there', async () => {
    const { dir, job } = await leftBehind();
    const jobs = await openJobs(dir);
    await expect(jobs.begin(crypto.randomUUID())).rejects.toThrow(TypeError);
    const [ended, begun] = await Promise.allSettled([jobs.end(job.id, CANCELLED), jobs.begin(job.id)]);
    expect([ended.status, begun.status]).toEqual(['fulfilled', 'rejected']);
    expect(jobs.find(job.id)?.starts).toBe(0);
  });

  it('goes with its files if it is removed, and can be removed again', async () => {
    const { dir, job } = await leftBehind();
    const jobs = await openJobs(dir);
    await Promise.all([jobs.remove(job.id), jobs.remove(job.id), jobs.end(job.id, FAILED)]);
    await jobs.remove(job.id);
    expect(jobs.all()).toEqual([]);
    expect(jobs.find(job.id)).toBeUndefined();
    expect(foldersIn(dir)).toEqual({ jobs: [], incoming: [] });
  });

  it('can be removed if somebody removed its folder by hand', async () => {
    const { dir, job, folder } = await leftBehind();
    const jobs = await openJobs(dir);
    rmSync(folder, { recursive: true });
    await jobs.remove(job.id);
    expect(jobs.all()).toEqual([]);
  });

  it('lies beside the records of a spool in the same folder', async () => {
    const dir = temporaryFolder(FAST_DISK);
    const spool = await openSpool(dir);
    const jobs = await openJobs(dir, { checkClaim: spool.checkClaim });
    const record = newRecord('a');
    await spool.accept(record);
    const job = upload('a');
    await jobs.keep(job);
    await jobs.close();
    await spool.close();
    expect(await (await openSpool(dir)).pending()).toEqual([record.id]);
    expect((await openJobs(dir)).all()).toMatchObject([{ id: job.id }]);
  });

  it('is not written by a process that has lost the folder', async () => {
    const dir = temporaryFolder(FAST_DISK);
    const spool = await openSpool(dir);
    const jobs = await openJobs(dir, { checkClaim: spool.checkClaim });
    const job = upload('a');
    await jobs.keep(job);
    removeClaims(dir);
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const lost = { code: 'spool_lost' };
    await expect(jobs.keep(upload('b'))).rejects.toMatchObject(lost);
    await expect(jobs.begin(job.id)).rejects.toMatchObject(lost);
    await expect(jobs.end(job.id, FAILED)).rejects.toMatchObject(lost);
    await expect(jobs.remove(job.id)).rejects.toMatchObject(lost);
    expect(jobs.all()).toMatchObject([{ id: job.id, starts: 0 }]);
  });

  it('is refused after close', async () => {
    const jobs = await openJobs(temporaryFolder(FAST_DISK));
    await jobs.close();
    await expect(jobs.keep(upload('a'))).rejects.toMatchObject({ code: 'spool_closed' });
  });
});
