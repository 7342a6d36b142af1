import type { Request, RequestHandler, Response } from 'express';
import { HttpError } from '../problem.ts';

/** Browsers send some 20, and proxies on the way add as many. */
const HEADERS_MAX = 100;
/**
 * Headers of which there can be one. Node takes the first of several without a word, and whoever stood before it (a
 * proxy, a filter) may have taken the last.
 */
const SINGLE: ReadonlySet<string> = new Set(['host', 'authorization', 'content-type', 'content-length']);
/** Node's parser also takes 0.9 and 2.0 for versions, and reads them as if they were 1.1. */
const VERSIONS: ReadonlySet<string> = new Set(['1.0', '1.1']);
/** Methods of which the service knows a body. */
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** Refuses what HTTP's grammar lets through and two readers may understand in two ways, or nobody here at all. */
export const checkHead: RequestHandler = (request, response, next) => {
  checkVersion(request);
  checkHeaders(request.rawHeaders);
  checkExpectation(request);
  checkTransferCoding(request, response);
  if (!WITH_BODY.has(request.method)) refuseBody(request);
  next();
};

/** For a route that takes no body though its method may have one. */
export const noBody: RequestHandler = (request, _response, next) => {
  refuseBody(request);
  next();
};

function checkVersion({ httpVersion }: Request): void {
  if (VERSIONS.has(httpVersion)) return;
  throw new HttpError(400, 'unknown_http_version', `This is HTTP/1.1, not HTTP/${httpVersion}.`);
}

/** `rawHeaders` are names and values by turns, as they came: also those that Node leaves out where there are too many. */
function checkHeaders(rawHeaders: readonly string[]): void {
  const count = rawHeaders.length / 2;
  if (count > HEADERS_MAX) {
    throw new HttpError(431, 'too_many_headers', `There are ${count} headers: send at most ${HEADERS_MAX}.`, {
      limit: HEADERS_MAX,
      actual: count,
    });
  }
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
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

/** RFC 9110, 10.1.1: of expectations there is one, and a caller of HTTP/1.0 cannot mean it. */
function checkExpectation(request: Request): void {
  const { expect } = request.headers;
  if (expect === undefined) return;
  if (request.httpVersion === '1.0') {
    delete request.headers.expect;
  } else if (expect.trim().toLowerCase() !== '100-continue') {
    throw new HttpError(
      417,
      'unknown_expectation',
      'Of Expect only "100-continue" is known: leave the header out.',
    );
  }
}

/** Node takes a body in a coding that it does not know for none, and what comes then for the next request. */
function checkTransferCoding({ headers }: Request, response: Response): void {
  const coding = headers['transfer-encoding'];
  if (coding === undefined || coding.trim().toLowerCase() === 'chunked') return;
  response.set('Connection', 'close');
  throw new HttpError(
    400,
    'unknown_transfer_coding',
    'Of Transfer-Encoding only "chunked" is known: send the body as it is.',
  );
}

/** @throws HttpError 413, for the limit of this body is none */
function refuseBody({ method, headers }: Request): void {
  if (headers['transfer-encoding'] === undefined && !(Number(headers['content-length'] ?? 0) > 0)) return;
  throw new HttpError(
    413,
    'body_not_taken',
    `${method} takes no body here: send it without one, or POST a form to /train.`,
    { limit: 0 },
  );
}
