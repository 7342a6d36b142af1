import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../src/errors.ts';
import { realFiles, type SpoolFiles } from '../../src/spool/files.ts';
import { faultyFiles, systemError } from './faultyFiles.ts';
import { CANCELLED, contentOf, FAILED } from './jobSamples.ts';
import { expectFiles, foldersIn, leftBehind, openJobs, upload } from './jobSupport.ts';
import { FAST_DISK, temporaryFolder } from './support.ts';

describe('room', () => {
  const BYTES = contentOf('a train').length + contentOf('a test').length;

  it('is for a number of jobs that have not ended, also if they arrive at once', async () => {
    const jobs = await openJobs(temporaryFolder(FAST_DISK), { jobsMax: 2 });
    const taken = await Promise.allSettled(['a', 'b', 'c', 'd'].map((name) => jobs.keep(upload(name))));
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    const refusal = jobs.keep(upload('e'));
    await expect(refusal).rejects.toBeInstanceOf(UnavailableError);
    await expect(refusal).rejects.toMatchObject({
      code: 'jobs_full',
      message: expect.stringMatching(/^2 jobs wait or run, .*: retry /),
      details: { limit: 2, actual: 3, retryAfterS: 30 },
    });
    const [ended, removed] = jobs.all().map(({ id }) => id) as [string, string];
    await jobs.end(ended, CANCELLED);
    await jobs.keep(upload('f'));
    await jobs.remove(removed);
    await jobs.keep(upload('g'));
    await expect(jobs.keep(upload('h'))).rejects.toMatchObject({ code: 'jobs_full' });
  });

  it.each([
    ['for all bytes', 2 * BYTES, undefined],
    ['not for one byte more', 2 * BYTES - 1, { limit: 2 * BYTES - 1, actual: 2 * BYTES, retryAfterS: 30 }],
  ])('is %s', async (_name, bytesMax, details) => {
    const dir = temporaryFolder(FAST_DISK);
    const first = await openJobs(dir, { bytesMax });
    const { id } = await first.keep(upload('a'));
    await first.close();
    const jobs = await openJobs(dir, { bytesMax });
    const kept = await jobs.keep(upload('b')).catch((error: unknown) => error);
    expect(kept).toMatchObject(details ? { code: 'jobs_full', details } : { starts: 0 });
    await jobs.end(id, FAILED);
    await jobs.keep(upload('c'));
  });

  it('is never large enough for one job with more bytes than all may have', async () => {
    const jobs = await openJobs(temporaryFolder(FAST_DISK), { bytesMax: BYTES - 1 });
    await expect(jobs.keep(upload('a'))).rejects.toMatchObject({
      name: 'StorageError',
      code: 'job_too_large',
      details: { limit: BYTES - 1, actual: BYTES },
    });
  });

  it('leaves the set share of the disk free', async () => {
    const diskWith = (freeBytes: number): SpoolFiles => ({
      ...realFiles,
      space: async () => ({ bytes: 1_000_000, freeBytes }),
    });
    const limits = { diskFreeMin: 0.1 };
    const dir = temporaryFolder(FAST_DISK);
    await (await openJobs(dir, { ...limits, files: diskWith(100_000 + BYTES) })).keep(upload('a'));
    const beyond = await openJobs(dir, { ...limits, files: diskWith(100_000 + BYTES - 1) });
    const refusal = { code: 'spool_disk_low', details: { limit: 10, actual: 9, retryAfterS: 30 } };
    await expect(beyond.keep(upload('b'))).rejects.toMatchObject(refusal);
  });
});

describe('clearKept', () => {
  it('removes ended jobs when their time is over, and no job that has not ended', async () => {
    const dir = temporaryFolder(FAST_DISK);
    let now = 1_000;
    const jobs = await openJobs(dir, { clock: () => now, keptMs: 3_000 });
    const [waiting, failed, cancelled] = [upload('a'), upload('b'), upload('c')];
    for (const job of [waiting, failed, cancelled]) await jobs.keep(job);
    await jobs.end(failed.id, FAILED);
    await jobs.end(cancelled.id, CANCELLED);
    const left = async (at: number) => {
      now = at;
      await jobs.clearKept();
      return jobs.all().map(({ id }) => id);
    };
    expect(await left(FAILED.atMs + 2_999)).toEqual([waiting.id, failed.id, cancelled.id]);
    expect(await left(FAILED.atMs + 3_000)).toEqual([waiting.id, cancelled.id]);
    expect(await left(CANCELLED.atMs + 3_000)).toEqual([waiting.id]);
    expect(foldersIn(dir)).toMatchObject({ jobs: [expect.stringContaining(waiting.id)], incoming: [] });
    expectFiles(jobs.find(waiting.id)?.files ?? {}, 'a');
  });

  it('removes files of ended jobs that the disk did not remove before', async () => {
    const { dir, job, folder } = await leftBehind();
    let isFailing = false;
    const files = faultyFiles(realFiles, ({ kind, path }) => {
      if (isFailing && kind === 'remove' && path.endsWith('train')) throw systemError('EIO');
      return undefined;
    });
    const jobs = await openJobs(dir, { files });
    isFailing = true;
    await jobs.end(job.id, { ...FAILED, atMs: Date.now() });
    expect(jobs.find(job.id)).toMatchObject({ files: {} });
    expect(readdirSync(folder)).toContain('train');
    await expect(jobs.clearKept()).rejects.toMatchObject({ code: 'spool_write_failed' });
    isFailing = false;
    await jobs.clearKept();
    expect(readdirSync(folder).sort()).toEqual(['end.json', 'starts', 'ticket.json']);
  });
});
