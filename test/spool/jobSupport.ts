import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { JobFolders } from '../../src/spool/jobFolders.ts';
import { contentOf, type JobOptions, jobOptionsFor, type NewJob, newJob } from './jobSamples.ts';
import { FAST_DISK, temporaryFolder } from './support.ts';

/** Opens a store of jobs that is closed after the test. */
export async function openJobs(dir: string, others: Partial<JobOptions> = {}): Promise<JobFolders> {
  const jobs = await JobFolders.open(jobOptionsFor(dir, others));
  onTestFinished(() => jobs.close());
  return jobs;
}

/** Writes two uploads and makes a job of them. */
export function upload(name: string, on = FAST_DISK): NewJob {
  const folder = temporaryFolder(on);
  const files = { train: join(folder, 'upload 1'), test: join(folder, 'upload 2') };
  for (const [which, path] of Object.entries(files)) writeFileSync(path, contentOf(`${name} ${which}`));
  return newJob(name, files);
}

export function removeUploads({ files }: NewJob): void {
  for (const path of Object.values(files)) rmSync(path);
}

export function expectFiles(files: NewJob['files'], name: string): void {
  expect(Object.keys(files).sort()).toEqual(['test', 'train']);
  for (const [which, path] of Object.entries(files)) {
    expect(readFileSync(path)).toEqual(contentOf(`${name} ${which}`));
  }
}

export function foldersIn(dir: string): { jobs: string[]; incoming: string[] } {
  return { jobs: readdirSync(join(dir, 'jobs')), incoming: readdirSync(join(dir, 'incoming-jobs')) };
}

/** Keeps a job, and closes the store as at the end of a process. */
export async function leftBehind() {
  const dir = temporaryFolder(FAST_DISK);
  const jobs = await openJobs(dir, { clock: () => 1_000 });
  const job = upload('a');
  await jobs.keep(job);
  await jobs.close();
  removeUploads(job);
  return { dir, job, folder: join(dir, 'jobs', `0000000001000-${job.id}`) };
}
