import { shuttingDown, type UnderWay } from '../training/underWay.ts';
import type { Step } from './step.ts';

/** Accepts requests until the service shuts down, and tracks those that are not answered yet. */
export function admission(underWay: UnderWay): Step {
  return (_request, response) => {
    if (underWay.isClosed) {
      // The next request needs a new connection, to reach the process that listens then.
      response.setHeader('Connection', 'close');
      throw shuttingDown();
    }
    // `close` is always emitted.
    void underWay.track(new Promise<void>((resolve) => response.once('close', resolve)));
  };
}
