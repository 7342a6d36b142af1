/** Pieces are put together in steps of this size, because the browser may keep a Blob on the disk. */
const STEP_BYTES = 1 << 23;

/**
 * Receives a long answer as it comes.
 * @param onBytes called with all bytes so far, at most once for each step
 * @throws Error if the answer breaks off
 */
export async function receive(response: Response, onBytes: (bytes: number) => void): Promise<Blob> {
  const steps: Blob[] = [];
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  let inStep = 0;
  const reader = response.body!.getReader();
  for (;;) {
    const { done, value } = await next(reader);
    if (done) break;
    pieces.push(value);
    inStep += value.length;
    if (inStep < STEP_BYTES) continue;
    bytes += inStep;
    steps.push(new Blob(pieces));
    pieces = [];
    inStep = 0;
    onBytes(bytes);
  }
  return new Blob([...steps, ...pieces], { type: 'text/csv' });
}

async function next(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>) {
  try {
    return await reader.read();
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new Error(
      'The answer broke off. Either a row further down cannot be predicted, or the connection was lost: ' +
        'leave the new cells of such rows empty, or try again.',
      { cause: error },
    );
  }
}
