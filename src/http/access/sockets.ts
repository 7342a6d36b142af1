import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Response } from 'express';
import type { Logger } from 'pino';
import { bareProblem, HttpError, PROBLEM_TYPE, problemText } from '../problem.ts';

/** How long to discard what a rejected client still sends: a TCP reset could destroy the response before it is read. */
const LINGER_MS = 1_000;
/** First byte of a TLS record that opens a handshake (RFC 8446, 5.1). */
const TLS_HANDSHAKE = 0x16;

/** Node's error for bytes that are not a request. */
interface ParseError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

/** The latest request of a connection, and its response. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Passes requests to the app, also those with `Expect`, and answers what never becomes a request: broken framing, too many
 * headers, a head or a body that does not arrive, CONNECT. Node itself would send a line of text or cut the connection.
 * Here the client gets a problem+json, the log gets a line, and the connection is closed.
 */
export function serve(server: Server, app: RequestListener, logger: Logger): void {
  const current = new WeakMap<Duplex, Exchange>();
  const refused = new WeakSet<Duplex>();
  const take: RequestListener = (request, response) => {
    current.set(request.socket, { request, response });
    app(request, response);
  };
  for (const event of ['request', 'checkContinue', 'checkExpectation'] as const) server.on(event, take);

  /** Sends the last response of a connection, after the responses to earlier requests. */
  function refuse(socket: Duplex, error: HttpError, reason: string | undefined): void {
    const { request, response } = current.get(socket) ?? {};
    const say = () => sayAndClose(socket as Socket, error, logger, reason);
    if (request === undefined || response === undefined || response.closed) say();
    else if (!request.complete) refuseBody({ request, response }, socket, error);
    // The response to the earlier request goes first. If that response ends the connection, the rest is ignored.
    else if (!endsConnection(response)) response.once('close', say);
  }

  server.on('clientError', (cause: ParseError, socket: Duplex) => {
    // Further bytes raise the same error again.
    if (refused.has(socket)) return;
    refused.add(socket);
    if (socket.writable && !isGone(cause)) refuse(socket, refusalOf(cause), cause.code);
    else socket.destroy();
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    // Node no longer handles this connection. Without a listener, an error of the socket would end the process.
    socket.on('error', () => socket.destroy());
    const error = new HttpError(
      405,
      'method_not_allowed',
      'CONNECT is not supported, because this service is not a proxy: send the request directly.',
    );
    refuse(socket, error, 'CONNECT');
  });
}

/** Whether Node itself ends the connection after this response. */
function endsConnection(response: ServerResponse): boolean {
  return !response.shouldKeepAlive || response.getHeader('Connection') === 'close';
}

/** Whether the client is gone, so that nobody would read a response. */
function isGone({ code }: ParseError): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/**
 * Answers a request whose head was read, and whose body is broken or does not arrive. The response is complete for the
 * client by its length. `response.end` would cut the connection, so it waits until the client has ended its side, or has
 * had time to.
 */
function refuseBody({ request, response }: Exchange, socket: Duplex, error: HttpError): void {
  if (response.headersSent) {
    socket.destroy();
    return;
  }
  const text = problemText(error);
  Object.assign((response as Partial<Response>).locals ?? {}, { code: error.code });
  response.writeHead(error.status, {
    'Content-Type': PROBLEM_TYPE,
    'Content-Length': Buffer.byteLength(text),
    Connection: 'close',
  });
  response.write(text);
  // Node forgets a request once it is answered, and a reader of its body would wait forever for the rest.
  response.once('close', () => request.destroy());
  linger(socket, () => response.end());
}

function sayAndClose(socket: Socket, error: HttpError, logger: Logger, reason: string | undefined): void {
  if (!socket.writable) return;
  const id = randomUUID();
  const { status, code } = error;
  logger.warn({ id, status, code, reason }, `invalid request ${status}`);
  socket.end(bareProblem(error, id));
  linger(socket, () => socket.destroySoon());
}

/** Discards what still arrives, until the client has ended its side or `LINGER_MS` have passed. */
function linger(socket: Duplex, end: () => void): void {
  const timer = setTimeout(end, LINGER_MS);
  socket.once('end', end);
  socket.once('close', () => clearTimeout(timer));
  if (socket.readableEnded) end();
  else socket.resume();
}

function refusalOf({ code, rawPacket }: ParseError): HttpError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new HttpError(408, 'request_timeout', 'The request did not arrive in time: send it again.');
    case 'HPE_HEADER_OVERFLOW':
      return new HttpError(
        431,
        'headers_too_large',
        'The headers are too large: send fewer or shorter headers.',
      );
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new HttpError(
        413,
        'chunk_extensions_too_large',
        'The extensions of a chunk are too large: send chunks without extensions.',
      );
    case 'HPE_INVALID_EOF_STATE':
      return new HttpError(400, 'request_cut', 'The request ended too early: send it again.');
    default:
      return rawPacket?.[0] === TLS_HANDSHAKE
        ? new HttpError(400, 'tls_on_plain_port', 'This port speaks plain HTTP: use http://, not https://.')
        : new HttpError(400, 'malformed_http', 'This is not a valid HTTP/1.1 request: check the client.');
  }
}
