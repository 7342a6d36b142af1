import { CallFailedError } from './request.ts';

/**
 * Waits for all calls, even when one of them fails: none may still be on its way when the run is marked FAILED.
 * @throws the failure, or an AggregateError of several
 */
export async function allDone(calls: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(calls);
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (failures.length > 0) throw oneError(failures);
}

/**
 * Makes something that would be made twice if the call were repeated. When the answer was lost, it is looked for
 * instead; what is not there then may still come, so it is not made anew.
 */
export async function madeOnce<Made>(
  create: () => Promise<Made>,
  find: () => Promise<Made | undefined>,
): Promise<Made> {
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof CallFailedError && error.ambiguous)) throw error;
    const found = await alsoThrowing(error, find);
    if (found === undefined) throw error;
    return found;
  }
}

/** Does something because of an error; if that fails too, both errors are thrown. */
export async function alsoThrowing<Result>(error: unknown, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (second) {
    throw oneError([error, second]);
  }
}

/** The errors in one; the first one is the reason. */
function oneError(errors: readonly unknown[]): unknown {
  const flat = errors.flatMap((error) => (error instanceof AggregateError ? error.errors : [error]));
  return flat.length === 1 ? flat[0] : new AggregateError(flat, String(flat[0]));
}
