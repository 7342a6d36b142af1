/** Finds where HTTP/1.1 messages end in a stream of bytes (RFC 9112, 6.3), for the clients and servers of the tests. */

const HEAD_END = '\r\n\r\n';
const LINE_END = '\r\n';

/** `atClose` if the message ends with its connection; undefined if the message is incomplete. */
export type MessageEnd = number | 'atClose' | undefined;

/** Number of bytes of the first message; `isAnswer` distinguishes a response from a request. */
export function messageEnd(bytes: Buffer, isAnswer: boolean): MessageEnd {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const bodyStart = headEnd + HEAD_END.length;
  const head = bytes.toString('latin1', 0, headEnd);
  if (/^transfer-encoding:.*\bchunked\b/im.test(head)) return chunkedEnd(bytes, bodyStart);
  const length = headerOf(head, 'content-length');
  if (length !== undefined) return reached(bytes, bodyStart + Number(length));
  const hasNoBody = !isAnswer || /^HTTP\/1\.\d (1\d\d|204|304) /.test(head);
  return hasNoBody ? bodyStart : 'atClose';
}

/** Whether the sender of this message ends the connection afterwards. */
export function saysClose(message: Buffer): boolean {
  const head = message.toString('latin1', 0, message.indexOf(HEAD_END));
  return /\bclose\b/i.test(headerOf(head, 'connection') ?? '');
}

/** The end of a chunked body. Each size is a line in hexadecimal, and the last size is 0. Trailers are not expected. */
function chunkedEnd(bytes: Buffer, bodyStart: number): MessageEnd {
  for (let at = bodyStart; ; ) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error('a chunk without a size');
    at = lineEnd + LINE_END.length + size + LINE_END.length;
    if (at > bytes.length) return undefined;
    if (size === 0) return at;
  }
}

function reached(bytes: Buffer, end: number): MessageEnd {
  return bytes.length >= end ? end : undefined;
}

function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'im').exec(head)?.[1];
}
