import type { IncomingMessage, ServerResponse } from 'node:http';
import { TooLargeError } from '../../errors.ts';
import { notes } from '../notes.ts';
import { HttpError } from '../problem.ts';

/**
 * Reads a body into memory.
 * @throws TooLargeError `body_too_large` as soon as more than `bytesMax` have arrived
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  bytesMax: number,
): Promise<Buffer> {
  refuseCompressed(request);
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > bytesMax) throw tooLarge(bytesMax, length);
  sendContinue(request, response);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= bytesMax) return;
      request.off('data', take);
      chunks.length = 0;
      reject(tooLarge(bytesMax, bytes));
    };
    request.on('data', take);
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.once('close', () => {
      if (!request.readableEnded)
        reject(new HttpError(400, 'request_cut', 'The request broke off: send it again.'));
    });
    request.once('error', reject);
  });
}

/** @throws HttpError 415 `content_encoding` */
export function refuseCompressed({ headers }: IncomingMessage): void {
  const coding = headers['content-encoding']?.trim().toLowerCase();
  if (coding === undefined || coding === 'identity') return;
  const says = 'The body is compressed (Content-Encoding): send it without compression.';
  throw new HttpError(415, 'content_encoding', says);
}

/** The routes that read a body send `100 Continue` themselves, so that they can reject a request before its body. */
export function sendContinue(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.expect === undefined) return;
  response.writeContinue();
  notes(response).continued = true;
}

function tooLarge(limit: number, actual: number): TooLargeError {
  const says = `The body is larger than ${limit} bytes: send fewer rows, or POST a CSV to /predict.`;
  return new TooLargeError('body_too_large', says, { limit, actual });
}
