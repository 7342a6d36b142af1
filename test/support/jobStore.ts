import type { JobStore, StoredJob } from '../../src/jobs/jobStore.ts';
import { JobFolders } from '../../src/spool/jobFolders.ts';

/** Job folders in a folder of a test's own. */
export function openJobFolders(dir: string): Promise<JobFolders> {
  return JobFolders.open({ dir, jobsMax: 100, bytesMax: 1e9, diskFreeMin: 0, keptMs: 3_600_000 });
}

/** Keeps no job. */
export const NO_JOBS: JobStore = {
  keep: async (): Promise<StoredJob> => {
    throw new Error('no job is kept here');
  },
  begin: async () => undefined,
  end: async () => undefined,
  remove: async () => undefined,
  find: () => undefined,
  all: () => [],
  clearKept: async () => undefined,
};
