import { badBody } from './bodyError.ts';

/** Decoders by the names of the WHATWG Encoding Standard. A wrong byte is an error, and a byte order mark is left out. */
const DECODERS = {
  'utf-8': new TextDecoder('utf-8', { fatal: true }),
  'utf-16le': new TextDecoder('utf-16le', { fatal: true }),
  'utf-16be': new TextDecoder('utf-16be', { fatal: true }),
};

type Encoding = keyof typeof DECODERS | 'utf-32le' | 'utf-32be';

const BYTES_OF_UTF32 = 4;
const CODE_POINT_MAX = 0x10_ff_ff;
/** The forms of a body have three levels. Python's own reader gives up at about a thousand. */
const DEPTH_MAX = 100;
const QUOTE = 0x22;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Numbers that Python writes and reads, although JSON does not have them. They stand alone, not inside a longer word. */
const NOT_A_NUMBER = /(?<![\w.+-])NaN(?![\w.])/g;
const INFINITE = /(?<![\w.+])(-?)Infinity(?![\w.])/g;
/** A number that is read as infinity, because it is larger than every double. */
const BEYOND_DOUBLES = '1e999';

/**
 * Reads JSON as Python's `json.loads` does: UTF-8, UTF-16 or UTF-32, also with a byte order mark; `NaN`, which becomes
 * null, `Infinity` and `-Infinity`; the last of doubled keys counts.
 * @throws BodyError `malformed_body`
 */
export function readJson(bytes: Uint8Array): unknown {
  const text = decodeJson(bytes);
  refuseDepth(text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Python's words for numbers are rare, and cost nothing if they are not there.
    const plain = withoutPythonNumbers(text);
    if (plain === text) throw malformed(cause);
    try {
      return JSON.parse(plain);
    } catch (other) {
      throw malformed(other);
    }
  }
}

/** The message of `JSON.parse` repeats the data, so only the place is taken from the message. */
function malformed(cause: unknown): Error {
  const position = /at position (\d+)/.exec((cause as Error).message)?.[1];
  const where = position === undefined ? '' : ` at character ${Number(position) + 1}`;
  return badBody(`The body is not valid JSON${where}: correct it, or send CSV with the type text/csv.`, {
    ...(position !== undefined && { position: Number(position) + 1 }),
  });
}

/**
 * Counts how many lists and objects lie in each other, because each level of a hostile body would take memory.
 * @throws BodyError `malformed_body` beyond `DEPTH_MAX`
 */
function refuseDepth(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = behindText(text, at) - 1;
    else if (unit === OPEN_LIST || unit === OPEN_OBJECT) depth++;
    else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) depth--;
    if (depth > DEPTH_MAX)
      throw badBody('The body is nested too deeply: send rows of plain values.', { limit: DEPTH_MAX });
  }
}

/** Rewrites the words outside of texts. */
function withoutPythonNumbers(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (;;) {
    const open = text.indexOf('"', from);
    const outside = text.slice(from, open < 0 ? undefined : open);
    parts.push(outside.replace(NOT_A_NUMBER, 'null').replace(INFINITE, `$1${BEYOND_DOUBLES}`));
    if (open < 0) return parts.join('');
    from = behindText(text, open);
    parts.push(text.slice(open, from));
  }
}

/** Returns the index behind the text that opens at `open`. */
function behindText(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
}

/** @throws BodyError `malformed_body` for bytes that are not text in the detected encoding */
function decodeJson(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  try {
    if (encoding === 'utf-32le' || encoding === 'utf-32be')
      return decodeUtf32(bytes, encoding === 'utf-32le');
    return DECODERS[encoding].decode(bytes);
  } catch {
    throw badBody(`The body is not valid ${encoding.toUpperCase()}: send JSON in UTF-8.`);
  }
}

/**
 * Detects the encoding by the byte order mark or by the zeros of the first characters, which are ASCII (Python's
 * `json.detect_encoding`).
 */
function encodingOf(bytes: Uint8Array): Encoding {
  const [a = 1, b = 1, c = 1, d = 1] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'utf-32le' : 'utf-16le';
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'utf-32be';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (bytes.length >= BYTES_OF_UTF32) {
    if (a === 0) return b === 0 ? 'utf-32be' : 'utf-16be';
    if (b === 0) return c === 0 && d === 0 ? 'utf-32le' : 'utf-16le';
  } else if (bytes.length === 2) {
    if (a === 0) return 'utf-16be';
    if (b === 0) return 'utf-16le';
  }
  return 'utf-8';
}

function decodeUtf32(bytes: Uint8Array, isLittle: boolean): string {
  if (bytes.length % BYTES_OF_UTF32 !== 0) throw new RangeError('a cut character');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_OF_UTF32) {
    const code = view.getUint32(at, isLittle);
    if (code > CODE_POINT_MAX) throw new RangeError('no character');
    if (at > 0 || code !== 0xfeff) parts.push(String.fromCodePoint(code));
  }
  return parts.join('');
}
