import type { RequestHandler } from 'express';
import { UnavailableError } from '../errors.ts';
import type { UnderWay } from '../training/underWay.ts';

/** Most programs are up again by then, or another one has taken their place. */
const RETRY_AFTER_S = 5;

/** Lets requests in until the service ends, and keeps account of those that are not answered. */
export function admission(underWay: UnderWay): RequestHandler {
  return (_request, response, next) => {
    if (underWay.isClosed) {
      // The next one should find whoever listens then.
      response.set('Connection', 'close');
      throw new UnavailableError(
        'shutting_down',
        `The service is being ended and takes nothing new: try again in ${RETRY_AFTER_S} s.`,
        { retryAfterS: RETRY_AFTER_S },
      );
    }
    // `close` comes in every case.
    void underWay.track(new Promise<void>((resolve) => response.once('close', resolve)));
    next();
  };
}
