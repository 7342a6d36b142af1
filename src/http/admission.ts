import type { RequestHandler } from 'express';
import { shuttingDown, type UnderWay } from '../training/underWay.ts';

/** Lets requests in until the service ends, and keeps account of those that are not answered. */
export function admission(underWay: UnderWay): RequestHandler {
  return (_request, response, next) => {
    if (underWay.isClosed) {
      // The next one should find whoever listens then.
      response.set('Connection', 'close');
      throw shuttingDown();
    }
    // `close` comes in every case.
    void underWay.track(new Promise<void>((resolve) => response.once('close', resolve)));
    next();
  };
}
