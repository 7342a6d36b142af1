/**
 * Waits for a promise, at most `waitMs` milliseconds, or until one of the signals aborts.
 * @returns undefined if the promise is not settled by then
 */
export async function within<T>(
  promise: Promise<T>,
  waitMs: number,
  enough: readonly AbortSignal[],
): Promise<T | undefined> {
  if (waitMs === 0 || enough.some(({ aborted }) => aborted)) return undefined;
  let giveUp = () => {};
  const nothing = new Promise<undefined>((resolve) => {
    giveUp = () => resolve(undefined);
  });
  const timer = setTimeout(giveUp, waitMs);
  for (const signal of enough) signal.addEventListener('abort', giveUp);
  try {
    return await Promise.race([promise, nothing]);
  } finally {
    clearTimeout(timer);
    for (const signal of enough) signal.removeEventListener('abort', giveUp);
  }
}
