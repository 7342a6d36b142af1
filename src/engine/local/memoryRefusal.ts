import { BusyError, DataError, type TrainpostError } from '../../errors.ts';
import { MemoryFullError } from '../../kernels/memoryBudget.ts';

/** A training of an ordinary file takes milliseconds, and gives back what it held. */
const RETRY_AFTER_S = 1;
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
    `The trainings under way hold the memory that there is: try again in ${RETRY_AFTER_S} s.`,
    { ...details, retryAfterS: RETRY_AFTER_S },
    { cause },
  );
}
