import type { RequestHandler } from 'express';
import { shuttingDown, type UnderWay } from '../training/underWay.ts';

/** Accepts requests until the service shuts down, and tracks those that are not answered yet. */
export function admission(underWay: UnderWay): RequestHandler {
  return (_request, response, next) => {
    if (underWay.isClosed) {
      // The next request needs a new connection, to reach the process that listens then.
      response.set('Connection', 'close');
      throw shuttingDown();
    }
    // `close` is always emitted.
    void underWay.track(new Promise<void>((resolve) => response.once('close', resolve)));
    next();
  };
}
