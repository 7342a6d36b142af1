import { BusyError, DataError } from '../../errors.ts';
import { ThreadLostError, warnOfLostThread } from './threadLost.ts';

/** A training of an ordinary file takes milliseconds, so a second later there is room as a rule. */
const RETRY_AFTER_S = 1;

/** All threads compute, and as many trainings wait as may. */
export function queueFull(waitingMax: number): BusyError {
  return new BusyError(
    'queue_full',
    `All training threads are busy and ${waitingMax} trainings wait: try again in ${RETRY_AFTER_S} s.`,
    { limit: waitingMax, actual: waitingMax + 1, retryAfterS: RETRY_AFTER_S },
  );
}

/** The training waited and computed for longer than the limit, in milliseconds. */
export function timedOut(limit: number, cause: unknown): DataError {
  return new DataError(
    'training_timeout',
    `The training was ended after ${limit / 1000} s: send fewer rows or columns, or fewer iterations.`,
    { limit, actual: limit + 1 },
    { cause },
  );
}

/** What is told to a training whose thread has ended. */
export function lost(cause: unknown): Error {
  if ((cause as Error).name !== 'AbortError') warnOfLostThread(cause);
  const isLost = new ThreadLostError({ cause });
  if ((cause as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') return isLost;
  const message = 'The training needs more memory than a thread may have: send fewer rows or columns.';
  return new DataError('too_large_for_memory', message, {}, { cause: isLost });
}
