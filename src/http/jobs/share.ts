import type { JobView } from '../../jobs/job.ts';

type Shared = Pick<JobView, 'kind' | 'state' | 'progress'>;
type Stage = JobView['progress']['stage'];

/** Where each stage begins, as a share of the whole job. A fit of a large file shows these shares roughly. */
const BEGINS: Readonly<Record<Stage, number>> = {
  queued: 0,
  reading: 0,
  preparing: 0.2,
  fitting: 0.3,
  evaluating: 0.85,
  logging: 0.95,
};
const ENDS: Readonly<Record<Stage, number>> = {
  queued: 0,
  reading: 0.2,
  preparing: 0.3,
  fitting: 0.85,
  evaluating: 0.95,
  logging: 1,
};

/**
 * How much of a job is done, from 0 to 1. Work that was cancelled or failed stays where it was. A file of predictions is read and
 * predicted at the same time.
 */
export function shareOf({ kind, state, progress: { stage, done, total } }: Shared): number {
  if (state === 'done') return 1;
  const within = total === 0 ? 0 : Math.min(1, done / total);
  if (kind === 'predict') return within;
  return BEGINS[stage] + (ENDS[stage] - BEGINS[stage]) * within;
}
