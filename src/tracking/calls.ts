/**
 * Waits for all calls, even when one of them fails: none may still be on its way when the next try begins, or when the run is marked FAILED.
 * @throws the failure, or an AggregateError of several
 */
export async function allDone(calls: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(calls);
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (failures.length > 0) throw oneError(failures);
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
