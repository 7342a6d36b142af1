import type { Response } from 'express';

/** Aborts when the client disconnects. Then nobody waits any more, and what is accepted is delivered. */
export function clientGone(response: Response): AbortSignal {
  const gone = new AbortController();
  // A response that was sent is closed too. Without a reason, `abort` would create an error with its stack each time.
  const end = () => gone.abort('closed');
  if (response.destroyed) end();
  else response.once('close', end);
  return gone.signal;
}
