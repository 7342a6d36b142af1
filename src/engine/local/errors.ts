import { BusyError, DataError, retryIn, type TrainpostError, UnavailableError } from '../../errors.ts';
import { MemoryFullError } from '../../kernels/memoryBudget.ts';

/** An ordinary training takes milliseconds, and a lost thread is replaced within a second. */
const RETRY = retryIn(1);

/** A thread ended, or came to harm, while it worked on this: nothing is wrong with what it was given. */
export class ThreadLostError extends UnavailableError {
  constructor(options?: ErrorOptions) {
    const message = `A thread that worked on this has ended; another takes its place: ${RETRY.advice}.`;
    super('thread_lost', message, RETRY.details, options);
  }
}

/** Whether the error came with the loss of a thread, which may go on for a moment with what it was at. */
export function hasLostThread(error: unknown): boolean {
  return (
    error instanceof ThreadLostError || (error instanceof Error && error.cause instanceof ThreadLostError)
  );
}

/** A thread that is lost is replaced, and whoever waits for it is told; what ended it is for whoever runs the service. */
export function warnOfLostThread(error: unknown): void {
  process.emitWarning(`A thread has ended: ${error instanceof Error ? error.stack : String(error)}`);
}

/** All threads compute, and as many trainings wait as may. */
export function queueFull(waitingMax: number): BusyError {
  return new BusyError(
    'queue_full',
    `All training threads are busy and ${waitingMax} trainings wait: ${RETRY.advice}.`,
    { limit: waitingMax, actual: waitingMax + 1, ...RETRY.details },
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

/** The error of a task whose thread ran out of memory; any other error as it is. */
export function outOfMemory(error: unknown): unknown {
  const cause = error instanceof ThreadLostError ? error.cause : undefined;
  if ((cause as NodeJS.ErrnoException | undefined)?.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  const message = 'The training needs more memory than a thread may have: send fewer rows or columns.';
  return new DataError('too_large_for_memory', message, {}, { cause: error });
}

/** Reading the file took longer than the limit, in milliseconds. */
export function parseTimeout(limit: number, actual: number, options: ErrorOptions = {}): DataError {
  return new DataError(
    'parse_timeout',
    `Reading the file was ended after ${limit / 1000} s of work: send fewer rows, or rows without quotes.`,
    { limit, actual },
    options,
  );
}

/** What V8 says where the system has no more for an array, and no place for another table. */
const NO_ARRAY = /^Array buffer allocation failed/;
const NO_PLACE = /^WebAssembly\.Memory\(\): could not allocate memory/;

/** What a caller is told where memory was refused; undefined for any other error. */
export function memoryRefusal(error: unknown): TrainpostError | undefined {
  if (!(error instanceof RangeError)) return undefined;
  if (error instanceof MemoryFullError) {
    const { isAlone, limit, actual } = error;
    return isAlone ? tooLarge(limit, actual) : promised(error, { limit, actual });
  }
  if (NO_PLACE.test(error.message)) return promised(error, {});
  if (!NO_ARRAY.test(error.message)) return undefined;
  const message = 'The table needs more memory than there is: send fewer rows or columns.';
  return new DataError('too_large_for_memory', message, {}, { cause: error });
}

function tooLarge(limit: number, actual: number): DataError {
  const message = `The table needs ${actual} bytes of memory, and a training may take ${limit}: send fewer rows or columns.`;
  return new DataError('too_large_for_memory', message, { limit, actual });
}

function promised(
  cause: RangeError,
  details: { readonly limit?: number; readonly actual?: number },
): BusyError {
  return new BusyError(
    'memory_promised',
    `The trainings under way hold the memory that there is: ${RETRY.advice}.`,
    { ...details, ...RETRY.details },
    { cause },
  );
}
