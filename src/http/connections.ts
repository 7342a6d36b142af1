import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import { retryIn, UnavailableError } from '../errors.ts';

export interface ConnectionBounds {
  /** Connections at once. */
  readonly max: number;
  /** How long the head of a request may take to come. */
  readonly headersTimeoutMs: number;
  /** How long a connection may be idle between two requests. */
  readonly keepAliveMs: number;
  /** How long the longest body may take to come; whoever reads one tells so before the server cuts it off. */
  readonly bodyTimeoutMs: number;
}

/** So many more are taken to be told that they are too many; those beyond are closed without a word. */
const TOLD_MAX = 64;
/** The connections are looked through so often, or twice in the time that a head may take. */
const CHECK_INTERVAL_MS = 5_000;
/** So much later than whoever reads a body the server ends it: on any route, and whatever it is read for. */
const BODY_GRACE_MS = 30_000;
/** Many connections end within seconds. */
const RETRY = retryIn(1);

/** The connections that are too many, and how many there were with them. */
const tooMany = new WeakMap<Socket, { readonly limit: number; readonly actual: number }>();

/** A server that bounds its connections and the time that requests take to come. It listens to nothing yet. */
export function createHttpServer(bounds: ConnectionBounds): Server {
  const { max, headersTimeoutMs, keepAliveMs, bodyTimeoutMs } = bounds;
  const server = createServer({
    // The app answers that itself.
    requireHostHeader: false,
    headersTimeout: headersTimeoutMs,
    // Node's own five minutes would cut off uploads that may take longer, and without a problem that says so.
    requestTimeout: Math.max(bodyTimeoutMs, headersTimeoutMs) + BODY_GRACE_MS,
    connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, Math.ceil(headersTimeoutMs / 2)),
    keepAliveTimeout: keepAliveMs,
  });
  server.maxConnections = max + TOLD_MAX;
  let count = 0;
  server.on('connection', (socket) => {
    count += 1;
    if (count > max) tooMany.set(socket, { limit: max, actual: count });
    socket.once('close', () => {
      count -= 1;
    });
  });
  return server;
}

/** Refuses what comes over a connection that is too many, and closes it. */
export const refuseTooMany: RequestHandler = (request, response, next) => {
  const beyond = tooMany.get(request.socket);
  if (beyond === undefined) {
    next();
    return;
  }
  response.set('Connection', 'close');
  next(
    new UnavailableError(
      'connections_full',
      `There are more than ${beyond.limit} connections: ${RETRY.advice}.`,
      { ...beyond, ...RETRY.details },
    ),
  );
};
