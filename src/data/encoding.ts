import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import type { Codec } from '../python/encodings.ts';
import { CP437, CP850, CP1252, decodeBytes } from './codePages.ts';

/** Encodings that Node's `TextDecoder` reads, by their names in the WHATWG Encoding Standard. */
type DecoderLabel = Exclude<(typeof DECODERS)[keyof typeof DECODERS], undefined>;

/**
 * Encoding names of the WHATWG Encoding Standard, and three more of Python. `windows-1252` is Python's `cp1252`, and
 * `latin-1` keeps the control characters that `windows-1252` replaces.
 */
export type Encoding =
  | 'utf-8'
  | 'utf-16le'
  | 'utf-16be'
  | 'windows-1252'
  | 'latin-1'
  | 'cp437'
  | 'cp850'
  | DecoderLabel;

const DECODERS = {
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp1253: 'windows-1253',
  cp1254: 'windows-1254',
  cp1255: 'windows-1255',
  cp1256: 'windows-1256',
  cp1257: 'windows-1257',
  cp1258: 'windows-1258',
  iso8859_2: 'iso-8859-2',
  iso8859_3: 'iso-8859-3',
  iso8859_4: 'iso-8859-4',
  iso8859_5: 'iso-8859-5',
  iso8859_6: 'iso-8859-6',
  iso8859_7: 'iso-8859-7',
  iso8859_8: 'iso-8859-8',
  // The standard reads ISO 8859-9 as this code page, which only adds characters.
  iso8859_9: 'windows-1254',
  iso8859_10: 'iso-8859-10',
  iso8859_13: 'iso-8859-13',
  iso8859_14: 'iso-8859-14',
  iso8859_15: 'iso-8859-15',
  koi8_r: 'koi8-r',
  koi8_u: 'koi8-u',
  mac_roman: 'macintosh',
  gb2312: 'gbk',
  gbk: 'gbk',
  gb18030: 'gb18030',
  big5: 'big5',
  shift_jis: 'shift_jis',
  cp932: 'shift_jis',
  euc_jp: 'euc-jp',
  euc_kr: 'euc-kr',
  cp949: 'euc-kr',
} as const;

const OWN: Readonly<Partial<Record<Codec, Encoding>>> = {
  utf_8: 'utf-8',
  utf_8_sig: 'utf-8',
  ascii: 'utf-8',
  utf_16: 'utf-16le',
  utf_16_le: 'utf-16le',
  utf_16_be: 'utf-16be',
  latin_1: 'latin-1',
  cp1252: 'windows-1252',
  cp437: 'cp437',
  cp850: 'cp850',
};

/** Returns the encoding of one of Python's codecs. `utf_16` is little-endian if the file has no byte order mark. */
export function encodingOf(codec: Codec): Encoding {
  return OWN[codec] ?? DECODERS[codec as keyof typeof DECODERS];
}

/** Whether a character has two or four bytes. In all other encodings, ASCII stands for itself. */
export function isUtf16(encoding: Encoding): encoding is 'utf-16le' | 'utf-16be' {
  return encoding === 'utf-16le' || encoding === 'utf-16be';
}

/** A decoded piece of the text. */
export interface Decoded {
  readonly text: string;
  /** Index in `text` of the first invalid character, or -1 if all are valid. */
  readonly badAt: number;
}

/** With the flag `u`, a surrogate matches only if it stands alone. */
const LONE_SURROGATE = /\p{Cs}/u;
const REPLACEMENT = '\ufffd';

/** Extends the end `to` of a piece to the end of a character, by at most three bytes. */
export function characterEnd(bytes: Uint8Array, from: number, to: number, encoding: Encoding): number {
  if (to >= bytes.length) return bytes.length;
  let end = to;
  if (encoding === 'utf-8') {
    for (let more = 0; more < 3 && isContinuation(bytes[end]); more++) end++;
  } else if (isUtf16(encoding)) {
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
  /** For encodings that are not decoded here. It keeps a cut character itself. */
  readonly #decoder: TextDecoder | undefined;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
    this.#decoder = isDecoderLabel(encoding) ? new TextDecoder(encoding) : undefined;
  }

  push(bytes: Uint8Array): Decoded {
    if (this.#decoder !== undefined) return found(this.#decoder.decode(unshared(bytes), { stream: true }));
    const all = this.#cut.length === 0 ? bytes : Buffer.concat([this.#cut, bytes]);
    const end = wholeEnd(all, this.#encoding);
    this.#cut = Uint8Array.from(all.subarray(end));
    return decode(all.subarray(0, end), this.#encoding);
  }

  /** Decodes the remaining bytes, which are an incomplete character. */
  end(): Decoded {
    if (this.#decoder !== undefined) return found(this.#decoder.decode());
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
  if (!isUtf16(encoding)) return length;
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
  if (isUtf16(encoding)) return decodeUtf16(buffer, encoding);
  if (encoding === 'windows-1252') return decodeBytes(buffer, CP1252);
  if (encoding === 'cp437') return decodeBytes(buffer, CP437);
  if (encoding === 'cp850') return decodeBytes(buffer, CP850);
  if (encoding === 'latin-1') return { text: buffer.toString('latin1'), badAt: -1 };
  return found(new TextDecoder(encoding).decode(unshared(bytes)));
}

function isDecoderLabel(encoding: Encoding): encoding is DecoderLabel {
  return (Object.values(DECODERS) as readonly string[]).includes(encoding);
}

/** Node's `TextDecoder` takes no bytes in shared memory. */
function unshared(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof SharedArrayBuffer ? Uint8Array.from(bytes) : bytes;
}

/** These encodings have no replacement character of their own, so it marks invalid bytes. */
function found(text: string): Decoded {
  return { text, badAt: text.indexOf(REPLACEMENT) };
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

function decodeUtf16(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): Decoded {
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const text = (encoding === 'utf-16le' ? whole : Buffer.from(whole).swap16()).toString('utf16le');
  const lone = text.search(LONE_SURROGATE);
  return { text, badAt: lone < 0 && whole.length < bytes.length ? text.length : lone };
}
