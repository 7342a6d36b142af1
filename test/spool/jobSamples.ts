import { randomUUID } from 'node:crypto';
import type { JobEnd, StoredJob, Ticket } from '../../src/jobs/jobStore.ts';
import type { JobFolders } from '../../src/spool/jobFolders.ts';

export type JobOptions = Parameters<typeof JobFolders.open>[0];
export type NewJob = Pick<StoredJob, 'id' | 'ticket' | 'files'>;

const HOUR_MS = 3_600_000;

export function jobOptionsFor(dir: string, others: Partial<JobOptions> = {}): JobOptions {
  return { dir, jobsMax: 100, bytesMax: 10_000_000, diskFreeMin: 0, keptMs: 24 * HOUR_MS, ...others };
}

function newTicket(name: string): Ticket {
  return {
    kind: 'train',
    body: { target: `ä\n"${name}`, ignore: ['one', 'two'], 1: 'a name that is a number' },
    fileNames: { train: `${name}.csv`, test: 'test.csv' },
    receivedAtMs: 900,
    uploadMs: 12.5,
    key: { digest: '0'.repeat(64), fingerprint: name },
  };
}

export function newJob(name: string, files: NewJob['files'], id: string = randomUUID()): NewJob {
  return { id, ticket: newTicket(name), files };
}

/** The content of an upload. Some bytes are not text. */
export function contentOf(name: string): Buffer {
  return Buffer.concat([Buffer.from(`a,b\n${name},2\n`), Buffer.of(0, 255, 128)]);
}

export const FAILED: JobEnd = {
  state: 'failed',
  atMs: 5_000,
  problem: { name: 'DataError', code: 'no_rows', message: 'There is no row.', details: { line: 2 } },
};
export const CANCELLED: JobEnd = { state: 'cancelled', atMs: 6_000 };
