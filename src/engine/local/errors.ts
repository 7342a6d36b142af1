import { BusyError, DataError, retryIn, type TrainpostError, UnavailableError } from '../../errors.ts';
import { MemoryFullError } from '../../kernels/memoryBudget.ts';

/** An ordinary training takes milliseconds, and a lost thread is replaced within a second. */
const RETRY = retryIn(1);

/** A thread ended while it worked on a task. The task itself may be fine. */
export class ThreadLostError extends UnavailableError {
  constructor(options?: ErrorOptions) {
    const message = `The worker thread was lost and is being replaced: ${RETRY.advice}.`;
    super('thread_lost', message, RETRY.details, options);
  }
}

/** Whether a thread was lost with this error. Its helpers may go on for a moment. */
export function hasLostThread(error: unknown): boolean {
  return (
    error instanceof ThreadLostError || (error instanceof Error && error.cause instanceof ThreadLostError)
  );
}

/** Tells the operator why a thread ended; clients only hear that it did. */
export function warnOfLostThread(error: unknown): void {
  process.emitWarning(`A thread has ended: ${error instanceof Error ? error.stack : String(error)}`);
}

/** All threads are busy, and no more requests may wait. */
export function queueFull(waitingMax: number): BusyError {
  return new BusyError(
    'queue_full',
    `All threads that compute are busy, and ${waitingMax} requests wait: ${RETRY.advice}.`,
    { limit: waitingMax, actual: waitingMax + 1, ...RETRY.details },
  );
}

/** What is computed, and what makes it shorter. */
const WORK = {
  run: ['training', 'fewer rows or columns, or fewer iterations'],
  inspect: ['dry run', 'fewer rows or columns'],
  evaluate: ['evaluation', 'fewer rows'],
} as const;

/** Work waited and computed for longer than the limit, in milliseconds. */
export function timedOut(kind: keyof typeof WORK, limit: number, cause: unknown): DataError {
  const [work, less] = WORK[kind];
  return new DataError(
    'training_timeout',
    `The ${work} was stopped after ${limit / 1000} s: send ${less}.`,
    { limit, actual: limit + 1 },
    { cause },
  );
}

interface LongSweep {
  readonly limitMs: number;
  readonly neededMs: number;
  /** Fits that have ended. */
  readonly nFits: number;
  readonly plan: {
    readonly candidates: number;
    readonly folds?: number;
    /** Fields with several values. */
    readonly several: readonly string[];
  };
}

/** The rest of a sweep needs more time than is left. */
export function sweepTooLong({ limitMs, neededMs, nFits, plan }: LongSweep): DataError {
  const { candidates, folds, several } = plan;
  const actual = Math.ceil(neededMs);
  const models = `${candidates} ${candidates === 1 ? 'candidate' : 'candidates'}`;
  const size = folds === undefined ? models : `${models}, each in ${folds} folds`;
  const advice = [
    ...(several.length > 0 ? [`fewer values in ${several.join(', ')}`] : []),
    ...(folds === undefined ? [] : ['a smaller cv']),
    'fewer rows or columns',
  ].join(', or ');
  return new DataError(
    'sweep_too_long',
    `The training cannot end within ${limitMs / 1000} s: it has ${size}, and after ${nFits} fits the others need at least ${Math.ceil(actual / 1000)} s more. Send ${advice} (TRAINING_TIMEOUT_MS sets the limit).`,
    { ...(several.length === 1 && { field: several[0]! }), limit: limitMs, actual },
  );
}

/** The error of a task whose thread ran out of memory; any other error as it is. */
export function outOfMemory(error: unknown): unknown {
  const cause = error instanceof ThreadLostError ? error.cause : undefined;
  if ((cause as NodeJS.ErrnoException | undefined)?.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  const message = 'The table needs more memory than a thread may have: send fewer rows or columns.';
  return new DataError('too_large_for_memory', message, {}, { cause: error });
}

/** Reading the file took longer than the limit, in milliseconds. */
export function parseTimeout(limit: number, actual: number, options: ErrorOptions = {}): DataError {
  return new DataError(
    'parse_timeout',
    `Reading the file was stopped after ${limit / 1000} s of work: send fewer rows, or rows without quotes.`,
    { limit, actual },
    options,
  );
}

/** V8's messages if the system has no memory for an array, or no address space for another table. */
const NO_ARRAY = /^Array buffer allocation failed/;
const NO_PLACE = /^WebAssembly\.Memory\(\): could not allocate memory/;

/** The client's error if memory was refused; undefined for any other error. */
export function memoryRefusal(error: unknown): TrainpostError | undefined {
  if (!(error instanceof RangeError)) return undefined;
  if (error instanceof MemoryFullError) {
    const { isAlone, limit, actual } = error;
    return isAlone ? tooLarge(limit, actual) : promised(error, { limit, actual });
  }
  if (NO_PLACE.test(error.message)) return promised(error, {});
  if (!NO_ARRAY.test(error.message)) return undefined;
  const message = 'The table needs more memory than the machine has: send fewer rows or columns.';
  return new DataError('too_large_for_memory', message, {}, { cause: error });
}

function tooLarge(limit: number, actual: number): DataError {
  const message = `The table needs ${actual} bytes of memory, and a request may take ${limit}: send fewer rows or columns.`;
  return new DataError('too_large_for_memory', message, { limit, actual });
}

function promised(
  cause: RangeError,
  details: { readonly limit?: number; readonly actual?: number },
): BusyError {
  return new BusyError(
    'memory_promised',
    `Not enough free memory, because other requests are using it: ${RETRY.advice}.`,
    { ...details, ...RETRY.details },
    { cause },
  );
}
