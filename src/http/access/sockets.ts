import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Response } from 'express';
import type { Logger } from 'pino';
import { bareProblem, HttpError, PROBLEM_TYPE, problemText } from '../problem.ts';

/** How long what a refused caller still sends is thrown away, lest the end of the connection overtake the answer. */
const LINGER_MS = 1_000;
/** First byte of a TLS record that opens a handshake (RFC 8446, 5.1). */
const TLS_HANDSHAKE = 0x16;

/** What Node says of bytes that are no request. */
interface ParseError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

/** The request that a connection is at, as far as it is known. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Hands requests to the app, those that expect something first included, and answers what never becomes one: broken
 * framing, too many headers, a head or a body that does not come, CONNECT. Node's own way is a line of text or a cut
 * connection; here each gets a problem+json, a line in the log, and the end of its connection.
 */
export function serve(server: Server, app: RequestListener, logger: Logger): void {
  const current = new WeakMap<Duplex, Exchange>();
  const refused = new WeakSet<Duplex>();
  const take: RequestListener = (request, response) => {
    current.set(request.socket, { request, response });
    app(request, response);
  };
  for (const event of ['request', 'checkContinue', 'checkExpectation'] as const) server.on(event, take);

  /** The last word on a connection, behind the answers to what came before. */
  function refuse(socket: Duplex, error: HttpError, reason: string | undefined): void {
    const { request, response } = current.get(socket) ?? {};
    const say = () => sayAndClose(socket as Socket, error, logger, reason);
    if (request === undefined || response === undefined || response.closed) say();
    else if (!request.complete) refuseBody({ request, response }, socket, error);
    // The answer to what came before goes first; where that is the last one, nothing behind it counts.
    else if (!endsConnection(response)) response.once('close', say);
  }

  server.on('clientError', (cause: ParseError, socket: Duplex) => {
    // Whatever still comes in is the same error again.
    if (refused.has(socket)) return;
    refused.add(socket);
    if (socket.writable && !isGone(cause)) refuse(socket, refusalOf(cause), cause.code);
    else socket.destroy();
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    // Node has let go of the connection: without a listener an error of it would end the process.
    socket.on('error', () => socket.destroy());
    const error = new HttpError(405, 'method_not_allowed', 'This is no proxy: CONNECT leads nowhere.');
    refuse(socket, error, 'CONNECT');
  });
}

/** Node ends the connection behind such an answer by itself. */
function endsConnection(response: ServerResponse): boolean {
  return !response.shouldKeepAlive || response.getHeader('Connection') === 'close';
}

/** Nobody is there any more to be told. */
function isGone({ code }: ParseError): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/**
 * The head of the request was taken, and its body is broken or does not come: its own answer says so. It is whole for
 * the caller by its length, and ended, which cuts the connection, only when the caller has done so or had the time to.
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
  // Node forgets a request that is answered, and whoever reads its body would wait for the rest of it for ever.
  response.once('close', () => request.destroy());
  linger(socket, () => response.end());
}

function sayAndClose(socket: Socket, error: HttpError, logger: Logger, reason: string | undefined): void {
  if (!socket.writable) return;
  const id = randomUUID();
  const { status, code } = error;
  logger.warn({ id, status, code, reason }, `no request ${status}`);
  socket.end(bareProblem(error, id));
  linger(socket, () => socket.destroySoon());
}

/** Lets what still comes in go by, until the caller has ended too or its time is over. */
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
      return new HttpError(408, 'request_timeout', 'The request did not come in time: send it again.');
    case 'HPE_HEADER_OVERFLOW':
      return new HttpError(
        431,
        'headers_too_large',
        'The headers are too large: send fewer or shorter ones.',
      );
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new HttpError(413, 'chunk_extensions_too_large', 'The extensions of a chunk are too large.');
    case 'HPE_INVALID_EOF_STATE':
      return new HttpError(400, 'request_cut', 'The request broke off before its end: send it again.');
    default:
      return rawPacket?.[0] === TLS_HANDSHAKE
        ? new HttpError(
            400,
            'tls_on_plain_port',
            'This port speaks plain HTTP: ask it by http://, not https://.',
          )
        : new HttpError(400, 'malformed_http', 'This is no HTTP/1.1 request that can be read.');
  }
}
