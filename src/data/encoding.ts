import { isUtf8 } from 'node:buffer';

/** Encoding names of the WHATWG Encoding Standard. `windows-1252` is Python's `cp1252`. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** A decoded piece of the text. */
export interface Decoded {
  readonly text: string;
  /** Index in `text` of the first invalid character, or -1 if all are valid. */
  readonly badAt: number;
}

/**
 * Characters of the bytes 0x80 to 0x9F (Unicode's mapping CP1252.TXT). Five bytes have no character and stay as they
 * are.
 */
const CP1252_HIGH = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
const CP1252_UNDEFINED = /[\x81\x8d\x8f\x90\x9d]/;
/** With the flag `u`, a surrogate matches only if it stands alone. */
const LONE_SURROGATE = /\p{Cs}/u;

/** Extends the end `to` of a piece to the end of a character, by at most three bytes. */
export function characterEnd(bytes: Uint8Array, from: number, to: number, encoding: Encoding): number {
  if (to >= bytes.length) return bytes.length;
  let end = to;
  if (encoding === 'utf-8') {
    for (let more = 0; more < 3 && isContinuation(bytes[end]); more++) end++;
  } else if (encoding !== 'windows-1252') {
    end += (end - from) % 2;
    const highByte = bytes[encoding === 'utf-16le' ? end - 1 : end - 2] ?? 0;
    if ((highByte & 0xfc) === 0xd8) end += 2;
  }
  return Math.min(end, bytes.length);
}

/** Decodes bytes piece by piece. A character that is cut waits for its remaining bytes. */
export class PieceDecoder {
  readonly #encoding: Encoding;
  #cut: Uint8Array = new Uint8Array(0);

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  push(bytes: Uint8Array): Decoded {
    const all = this.#cut.length === 0 ? bytes : Buffer.concat([this.#cut, bytes]);
    const end = wholeEnd(all, this.#encoding);
    this.#cut = Uint8Array.from(all.subarray(end));
    return decode(all.subarray(0, end), this.#encoding);
  }

  /** Decodes the remaining bytes, which are an incomplete character. */
  end(): Decoded {
    return decode(this.#cut, this.#encoding);
  }
}

/** Returns the start of the incomplete character at the end, or the end if there is none. */
function wholeEnd(bytes: Uint8Array, encoding: Encoding): number {
  const { length } = bytes;
  if (encoding === 'utf-8') {
    for (let back = 1; back <= Math.min(3, length); back++) {
      const byte = bytes[length - back]!;
      if (!isContinuation(byte)) return byte >= 0xc0 && back < utf8Length(byte) ? length - back : length;
    }
    return length;
  }
  if (encoding === 'windows-1252') return length;
  const even = length - (length % 2);
  const highByte = bytes[encoding === 'utf-16le' ? even - 1 : even - 2] ?? 0;
  return (highByte & 0xfc) === 0xd8 ? even - 2 : even;
}

/** Number of bytes of the character that begins with this byte. */
function utf8Length(first: number): number {
  if (first >= 0xf0) return 4;
  return first >= 0xe0 ? 3 : 2;
}

const isContinuation = (byte = 0) => (byte & 0xc0) === 0x80;

export function decode(bytes: Uint8Array, encoding: Encoding): Decoded {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (encoding === 'utf-8') return decodeUtf8(buffer);
  if (encoding === 'windows-1252') return decodeCp1252(buffer);
  return decodeUtf16(buffer, encoding);
}

function decodeUtf8(bytes: Buffer): Decoded {
  const text = bytes.toString('utf8');
  if (isUtf8(bytes)) return { text, badAt: -1 };
  // Bad bytes have become U+FFFD, so the first difference from the input is the first bad byte or one of the next
  // three bytes.
  const again = Buffer.from(text, 'utf8');
  let good = 0;
  while (good < bytes.length && again[good] === bytes[good]) good++;
  while (!isUtf8(bytes.subarray(0, good))) good--;
  return { text, badAt: bytes.toString('utf8', 0, good).length };
}

function decodeCp1252(bytes: Buffer): Decoded {
  const latin1 = bytes.toString('latin1');
  const text = latin1.replace(/[\x80-\x9f]/g, (byte) => CP1252_HIGH[byte.charCodeAt(0) - 0x80]!);
  return { text, badAt: latin1.search(CP1252_UNDEFINED) };
}

function decodeUtf16(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): Decoded {
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const text = (encoding === 'utf-16le' ? whole : Buffer.from(whole).swap16()).toString('utf16le');
  const lone = text.search(LONE_SURROGATE);
  return { text, badAt: lone < 0 && whole.length < bytes.length ? text.length : lone };
}
