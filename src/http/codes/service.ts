import type { CodeRow } from './row.ts';

export const loadAndLimits: readonly CodeRow[] = [
  [
    'queue_full',
    429,
    '`TRAINING_THREADS` trainings compute, and `TRAININGS_WAITING_MAX` wait.',
    'Retry after `Retry-After`.',
  ],
  [
    'memory_promised',
    429,
    'Other trainings use the memory (`MEMORY_BYTES_MAX`).',
    'Retry after `Retry-After`.',
  ],
  [
    'too_large_for_memory',
    422,
    'This training alone needs more memory than `MEMORY_BYTES_MAX` or `THREAD_HEAP_BYTES_MAX`.',
    'Send fewer rows or columns.',
  ],
  [
    'connections_full',
    503,
    'There are more than `CONNECTIONS_MAX` connections.',
    'Retry after `Retry-After`.',
  ],
  [
    'thread_lost',
    503,
    'The thread of this training ended. Another one takes its place.',
    'Retry after `Retry-After`.',
  ],
  ['shutting_down', 503, 'The service is shutting down. Nothing was saved.', 'Retry after `Retry-After`.'],
];

export const followedJobs: readonly CodeRow[] = [
  ['no_such_job', 404, 'There is no job with this id.', 'See `GET /jobs`.'],
  [
    'job_accepted',
    409,
    'The job has its result, and MLflow gets the run: it is too late to cancel the job.',
    'Delete the run in MLflow.',
  ],
  [
    'job_lost',
    507,
    'Ten processes in a row ended while they did this job. No process begins it again.',
    'Send a smaller file; ask the operator for the log.',
  ],
  ['job_ended', 409, 'The job has ended, so that nothing is left to cancel.', 'Nothing.'],
  [
    'too_many_streams',
    503,
    '32 streams of events are open.',
    'Retry after `Retry-After`, or ask for `GET /jobs/<id>`.',
  ],
];

export const spool: readonly CodeRow[] = [
  [
    'spool_full',
    503,
    'Trainings that MLflow has not taken fill `SPOOL_RECORDS_MAX` or `SPOOL_BYTES_MAX`. Dead letters count too.',
    'Wait until MLflow takes trainings; put dead letters back.',
  ],
  [
    'spool_disk_low',
    503,
    "Less than `SPOOL_DISK_FREE_PERCENT_MIN` of the spool's disk is free.",
    'Make room on the disk.',
  ],
  [
    'jobs_full',
    503,
    'As many jobs as there may be wait or run, or their files take all the space that they may take.',
    'Retry after `Retry-After`, when some jobs have ended.',
  ],
  ['spool_closed', 503, 'The service is shutting down.', 'Retry after `Retry-After`.'],
  ['spool_lost', 503, 'Another process has taken over `SPOOL_DIR`.', 'Restart this process.'],
  ['disk_full', 507, 'The disk of the uploads or of the spool is full.', 'Make room on the disk.'],
  [
    'spool_write_failed',
    507,
    'The spool cannot be written or read.',
    'Check the disk, and the permissions of the folder.',
  ],
  [
    'record_too_large',
    507,
    "The training's record is larger than the whole spool may be.",
    'Raise `SPOOL_BYTES_MAX`.',
  ],
  [
    'job_too_large',
    507,
    'The files of the job take more space than all jobs together may take.',
    'Send a smaller file, or compress it with gzip.',
  ],
  [
    'record_version',
    503,
    'A later trainpost wrote the record. It stays as it is.',
    'Start the trainpost that wrote the record, or a later one.',
  ],
  [
    'record_damaged',
    500,
    'The record on the disk is damaged. It is a dead letter.',
    'Check the disk, and send the training again.',
  ],
  [
    'job_version',
    503,
    'A later trainpost wrote the job. It stays as it is.',
    'Start the trainpost that wrote the job, or a later one.',
  ],
  [
    'job_damaged',
    500,
    'The ticket or a file of the job is damaged on the disk. The job has failed.',
    'Check the disk, and send the job again.',
  ],
];
