import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';

/** Looks at a request before it is routed, and prepares its response. @throws what rejects the request */
export type Step = (request: IncomingMessage, response: ServerResponse) => void;

/** A route that is answered without Express's router, which costs more than a small answer. */
export interface DirectRoute {
  takes(request: IncomingMessage): boolean;
  /** @throws what rejects the request */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Errors of requests that Express is still to answer. */
const faults = new WeakMap<IncomingMessage, unknown>();

/** Hands the error of a step or of a direct route to Express, which answers all errors. It is the first handler. */
export const throwFault: RequestHandler = (request, _response, next) => {
  next(faults.get(request));
};

/** Makes a step a handler of Express. */
export function asHandler(step: Step): RequestHandler {
  return (request, response, next) => {
    step(request, response);
    next();
  };
}

/** Lets every request pass the steps from first to last, and then the direct route or the app. */
export function entrance(steps: readonly Step[], direct: DirectRoute, app: RequestListener): RequestListener {
  const fail = (request: IncomingMessage, response: ServerResponse, cause: unknown) => {
    faults.set(request, cause);
    app(request, response);
  };
  return (request, response) => {
    try {
      for (const step of steps) step(request, response);
    } catch (cause) {
      fail(request, response, cause);
      return;
    }
    if (direct.takes(request)) {
      direct.answer(request, response).catch((cause: unknown) => fail(request, response, cause));
    } else app(request, response);
  };
}

/** Cuts the path from the request's target, which may be a whole URL (RFC 9112, 3.2.2). */
export function pathOf({ url = '/' }: IncomingMessage): string {
  const begin = url.startsWith('/') ? 0 : (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(url)?.[0].length ?? 0);
  const end = url.slice(begin).search(/[?#]/);
  return (end < 0 ? url.slice(begin) : url.slice(begin, begin + end)) || '/';
}
