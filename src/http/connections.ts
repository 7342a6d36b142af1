import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { retryIn, UnavailableError } from '../errors.ts';
import type { Step } from './step.ts';

export interface ConnectionBounds {
  /** Most connections at the same time. */
  readonly max: number;
  /** How long the head of a request may take to arrive. */
  readonly headersTimeoutMs: number;
  /** How long a connection may be idle between two requests. */
  readonly keepAliveMs: number;
  /** How long the longest body may take to arrive. A route that reads a body has a timeout of its own, which fires first. */
  readonly bodyTimeoutMs: number;
}

/** Connections above the limit that still get an error as response. Further connections are closed without a response. */
const TOLD_MAX = 64;
/** How often Node checks connections for timeouts; at least twice in the time that a head may take. */
const CHECK_INTERVAL_MS = 5_000;
/** Extra time before the server itself ends a slow body, so that the route's own timeout fires first. */
const BODY_GRACE_MS = 30_000;
/** Many connections end within seconds. */
const RETRY = retryIn(1);

/** Connections above the limit, and how many connections were open when each of them arrived. */
const tooMany = new WeakMap<Socket, { readonly limit: number; readonly actual: number }>();

/** Creates a server that limits its connections and the time that requests take to arrive. It does not listen yet. */
export function createHttpServer(bounds: ConnectionBounds): Server {
  const { max, headersTimeoutMs, keepAliveMs, bodyTimeoutMs } = bounds;
  const server = createServer({
    // The app checks the Host header itself.
    requireHostHeader: false,
    headersTimeout: headersTimeoutMs,
    // Node's default of 5 minutes would cut off uploads that may take longer, without a problem+json that says so.
    requestTimeout: Math.max(bodyTimeoutMs, headersTimeoutMs) + BODY_GRACE_MS,
    connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, Math.ceil(headersTimeoutMs / 2)),
    keepAliveTimeout: keepAliveMs,
  });
  server.maxConnections = max + TOLD_MAX;
  let count = 0;
  server.on('connection', (socket) => {
    count++;
    if (count > max) tooMany.set(socket, { limit: max, actual: count });
    socket.once('close', () => {
      count--;
    });
  });
  return server;
}

/** Rejects requests on a connection above the limit, and closes the connection. */
export const refuseTooMany: Step = (request, response) => {
  const beyond = tooMany.get(request.socket);
  if (beyond === undefined) return;
  response.setHeader('Connection', 'close');
  throw new UnavailableError(
    'connections_full',
    `More than ${beyond.limit} connections are open: ${RETRY.advice}.`,
    { ...beyond, ...RETRY.details },
  );
};
