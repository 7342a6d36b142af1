import { UnavailableError } from '../../errors.ts';

/** A new thread is there within a second. */
const RETRY_AFTER_S = 1;

/** A thread ended, or came to harm, while it worked on this: nothing is wrong with what it was given. */
export class ThreadLostError extends UnavailableError {
  constructor(options?: ErrorOptions) {
    const message = `A thread that worked on this has ended; another takes its place: try again in ${RETRY_AFTER_S} s.`;
    super('thread_lost', message, { retryAfterS: RETRY_AFTER_S }, options);
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
