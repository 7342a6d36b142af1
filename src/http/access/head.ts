import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { HttpError } from '../problem.ts';
import type { Step } from '../step.ts';

/** Browsers send some 20, and proxies on the way add as many. */
const HEADERS_MAX = 100;
/**
 * Headers that a request may have only once. Node silently uses the first of several, but a proxy or filter in front of
 * Node may have used the last.
 */
const SINGLE: ReadonlySet<string> = new Set(['host', 'authorization', 'content-type', 'content-length']);
/** Node's parser also accepts the versions 0.9 and 2.0, and reads them as if they were 1.1. */
const VERSIONS: ReadonlySet<string> = new Set(['1.0', '1.1']);
/** Methods that routes take without a body. To other methods than these and POST, the answer is 405, with a body too. */
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Rejects valid HTTP that two parsers may read in two ways, or that this service does not support. */
export const checkHead: Step = (request, response) => {
  checkVersion(request);
  checkHeaders(request.rawHeaders);
  checkExpectation(request);
  checkTransferCoding(request, response);
  if (WITHOUT_BODY.has(request.method ?? '')) refuseBody(request);
};

/** Rejects a body on a route that does not read one, although its method may have a body. */
export const noBody: RequestHandler = (request, _response, next) => {
  refuseBody(request);
  next();
};

function checkVersion({ httpVersion }: IncomingMessage): void {
  if (VERSIONS.has(httpVersion)) return;
  throw new HttpError(400, 'unknown_http_version', `HTTP/${httpVersion} is not supported: use HTTP/1.1.`);
}

/** `rawHeaders` has names and values in turn, as received. It includes headers that Node drops if there are too many. */
function checkHeaders(rawHeaders: readonly string[]): void {
  const count = rawHeaders.length / 2;
  if (count > HEADERS_MAX) {
    throw new HttpError(
      431,
      'too_many_headers',
      `The request has ${count} headers: send at most ${HEADERS_MAX}.`,
      {
        limit: HEADERS_MAX,
        actual: count,
      },
    );
  }
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (!SINGLE.has(name)) continue;
    if (seen.has(name)) {
      throw new HttpError(
        400,
        'repeated_header',
        `The header ${name} is given more than once: send it once.`,
      );
    }
    seen.add(name);
  }
}

/** RFC 9110, 10.1.1: only one expectation is defined, and a server ignores it in HTTP/1.0. */
function checkExpectation(request: IncomingMessage): void {
  const { expect } = request.headers;
  if (expect === undefined) return;
  if (request.httpVersion === '1.0') {
    delete request.headers.expect;
  } else if (expect.trim().toLowerCase() !== '100-continue') {
    throw new HttpError(
      417,
      'unknown_expectation',
      'The only supported Expect is "100-continue": leave the header out.',
    );
  }
}

/** If Node does not know the coding, it assumes that there is no body, and takes the body for the next request. */
function checkTransferCoding({ headers }: IncomingMessage, response: ServerResponse): void {
  const coding = headers['transfer-encoding'];
  if (coding === undefined || coding.trim().toLowerCase() === 'chunked') return;
  response.setHeader('Connection', 'close');
  throw new HttpError(
    400,
    'unknown_transfer_coding',
    'The only supported Transfer-Encoding is "chunked": send the body without another coding.',
  );
}

/** @throws HttpError 413 `body_not_taken`, because the limit for this body is 0 bytes */
function refuseBody({ method, headers }: IncomingMessage): void {
  if (headers['transfer-encoding'] === undefined && !(Number(headers['content-length'] ?? 0) > 0)) return;
  throw new HttpError(
    413,
    'body_not_taken',
    `${method} takes no body here: send it without a body, or POST a form to /train.`,
    { limit: 0 },
  );
}
