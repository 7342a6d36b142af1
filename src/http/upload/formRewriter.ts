import { NO_FILE_NAME } from './fileName.ts';
import { brokenBoundary, linesEndInLf, malformedForm } from './formErrors.ts';
import { type PartHead, readPartHead } from './partHead.ts';
import { type FormFields, meaningOfContent, meaningOfHead, type PartMeaning } from './partMeaning.ts';

type Emit = (bytes: Buffer) => void;

interface Undecided {
  readonly head: PartHead;
  content: Buffer;
}

/** Where the next byte stands: between parts, behind a boundary, in the headers or the content of a part, or at the end. */
type Place = 'preamble' | 'boundary' | 'head' | 'content' | 'epilogue';

/** Bytes of a part's headers. The headers of honest parts have some hundred bytes; multer's parser takes as many. */
const HEAD_BYTES_MAX = 16_384;
const NOTHING = Buffer.alloc(0);
const CRLF = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');
const [CR, LF, DASH, SPACE, TAB] = [0x0d, 0x0a, 0x2d, 0x20, 0x09];
/** The boundary in a Content-Type (RFC 2046, 5.1.1), quoted or not. */
const BOUNDARY = /;[ \t]*boundary[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)+)"|([^\s;"]+))/i;

/** The boundary of a form; undefined if its Content-Type has none. */
export function boundaryOf(contentType: string): string | undefined {
  const [, quoted, token] = BOUNDARY.exec(contentType) ?? [];
  return quoted?.replaceAll(/\\(.)/g, '$1') ?? token;
}

/**
 * Rewrites the headers of a form's parts while the form passes, so that multer takes each part for what it is. Multer
 * decides by the file name alone: it cuts off a table without a name at the length of a field, drops some parts without a
 * word, and takes a text with a file name for a file. Here the content decides if the headers say too little. At most the
 * length of a field is held back. The content of a part is passed on as it is.
 */
export class FormRewriter {
  readonly #fields: FormFields;
  /** The boundary with the CRLF before it, as it stands between two parts. */
  readonly #between: Buffer;
  readonly #head = Buffer.allocUnsafe(HEAD_BYTES_MAX);
  #headLength = 0;
  /** Bytes at the end of a chunk that may be the beginning of `#between`. The first boundary needs no CRLF. */
  #held: Buffer = CRLF;
  #place: Place = 'preamble';
  /** Bytes seen behind the boundary: a dash, or a CR. */
  #behind = 0;
  /** The part whose content has to decide, and the content so far. */
  #undecided: Undecided | undefined;
  /** Whether no byte of a part's content has been passed on. */
  #isFirst = false;
  #sawLf = false;

  constructor(boundary: string, fields: FormFields) {
    this.#between = Buffer.from(`\r\n--${boundary}`, 'latin1');
    this.#fields = fields;
  }

  /** @throws HttpError or FieldError if the form, or one of its parts, is wrong */
  write(chunk: Buffer, emit: Emit): void {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = NOTHING;
    let at = 0;
    while (at < bytes.length && this.#place !== 'epilogue') {
      if (this.#place === 'boundary') at = this.#readBoundary(bytes, at, emit);
      else if (this.#place === 'head') at = this.#readHead(bytes, at, emit);
      else at = this.#readContent(bytes, at, emit);
    }
  }

  /**
   * Ends the form. If the form breaks off, multer finds out, because it never gets the last boundary.
   * @throws HttpError if the form has no last boundary because its lines end in LF
   */
  end(): void {
    if (this.#sawLf && this.#place !== 'epilogue') throw linesEndInLf();
  }

  #readContent(bytes: Buffer, from: number, emit: Emit): number {
    if (this.#isFirst) {
      // The blank line after the headers may also be the CRLF before the next boundary.
      const boundary = this.#between.subarray(CRLF.length);
      const start = bytes.subarray(from, from + boundary.length);
      const isBoundary = boundary.subarray(0, start.length).equals(start);
      if (isBoundary && start.length < boundary.length) {
        this.#held = start;
        return bytes.length;
      }
      this.#isFirst = false;
      if (isBoundary) return this.#endPart(from + boundary.length, emit);
    }
    // Without the CR, because a form whose lines end in LF should be noticed.
    const needle = this.#between.subarray(1);
    let found = bytes.indexOf(needle, from);
    while (found === from || (found > 0 && bytes[found - 1] !== CR)) {
      this.#sawLf = true;
      found = bytes.indexOf(needle, found + 1);
    }
    const end = found < 0 ? this.#heldFrom(bytes, from) : found - 1;
    if (this.#place === 'content') this.#pass(bytes.subarray(from, end), emit);
    if (found < 0) {
      this.#held = bytes.subarray(end);
      return bytes.length;
    }
    return this.#endPart(found + needle.length, emit);
  }

  #endPart(next: number, emit: Emit): number {
    if (this.#undecided !== undefined) this.#decide(true, emit);
    this.#place = 'boundary';
    this.#behind = 0;
    return next;
  }

  /** Where the end of `bytes` begins that may be the beginning of a boundary, with its CRLF or with LF alone. */
  #heldFrom(bytes: Buffer, from: number): number {
    const start = Math.max(from, bytes.length - this.#between.length + 1);
    const tail = bytes.subarray(start);
    for (const between of [this.#between, this.#between.subarray(1)]) {
      // The first byte is the only one of its kind.
      const at = tail.lastIndexOf(between[0] as number);
      if (at >= 0 && between.subarray(0, tail.length - at).equals(tail.subarray(at))) return start + at;
    }
    return bytes.length;
  }

  /** Behind a boundary stand two dashes at the end of the form, and otherwise a CRLF. Blanks may stand before the CRLF. */
  #readBoundary(bytes: Buffer, from: number, emit: Emit): number {
    const byte = bytes[from] as number;
    if (this.#behind === DASH && byte === DASH) {
      emit(Buffer.concat([this.#between, Buffer.from('--\r\n')]));
      this.#place = 'epilogue';
    } else if (this.#behind === CR && byte === LF) {
      this.#place = 'head';
      this.#headLength = 0;
    } else if (this.#behind === 0 && (byte === DASH || byte === CR)) {
      this.#behind = byte;
    } else if (byte === LF) {
      throw linesEndInLf();
    } else if (this.#behind !== 0 || (byte !== SPACE && byte !== TAB)) {
      throw brokenBoundary();
    }
    return from + 1;
  }

  #readHead(bytes: Buffer, from: number, emit: Emit): number {
    const before = this.#headLength;
    const copied = bytes.copy(this.#head, before, from, from + HEAD_BYTES_MAX - before);
    this.#headLength += copied;
    const head = this.#head.subarray(0, this.#headLength);
    const end = head.indexOf(HEAD_END, Math.max(0, before - HEAD_END.length + 1));
    const lines = end < 0 ? head : head.subarray(0, end);
    for (let lf = lines.indexOf(LF, before); lf >= 0; lf = lines.indexOf(LF, lf + 1)) {
      if (lines[lf - 1] !== CR) throw linesEndInLf();
    }
    if (end >= 0) {
      this.#begin(lines.toString('latin1'), emit);
      return from + end + HEAD_END.length - before;
    }
    if (this.#headLength === HEAD_BYTES_MAX) {
      throw malformedForm(
        `A part of the form has headers of more than ${HEAD_BYTES_MAX} bytes: send shorter headers.`,
      );
    }
    return from + copied;
  }

  #begin(lines: string, emit: Emit): void {
    if (`\r\n${lines}`.includes(this.#between.toString('latin1'))) throw brokenBoundary();
    const head = readPartHead(lines);
    this.#place = 'content';
    this.#isFirst = true;
    const meaning = meaningOfHead(head, this.#fields);
    if (meaning === undefined) this.#undecided = { head, content: NOTHING };
    else this.#open(head, meaning, lines, emit);
  }

  #pass(content: Buffer, emit: Emit): void {
    if (this.#undecided === undefined) {
      if (content.length > 0) emit(content);
      return;
    }
    this.#undecided.content = Buffer.concat([this.#undecided.content, content]);
    this.#decide(false, emit);
  }

  #decide(isWhole: boolean, emit: Emit): void {
    const { head, content } = this.#undecided as Undecided;
    const meaning = meaningOfContent(head, content, { isWhole, fields: this.#fields });
    if (meaning === undefined) return;
    this.#undecided = undefined;
    const lines = this.#head.toString('latin1', 0, this.#head.indexOf(HEAD_END));
    this.#open(head, meaning, lines, emit);
    if (content.length > 0) emit(content);
  }

  /** Passes on a boundary and the headers of a part; `lines` are the headers as they came. */
  #open(head: PartHead, meaning: PartMeaning, lines: string, emit: Emit): void {
    const rewritten =
      meaning === 'unknown' ? Buffer.from(lines, 'latin1') : Buffer.from(headersOf(head, meaning));
    emit(Buffer.concat([this.#between, CRLF, rewritten, HEAD_END]));
  }
}

/** Headers that multer understands. A name of ours needs no escapes. */
function headersOf({ name, fileName, charset }: PartHead, meaning: 'file' | 'text'): string {
  const disposition = `Content-Disposition: form-data; name="${name}"`;
  if (meaning === 'file') {
    // Multer decodes %22. Its parser takes a backslash for an escape, and a name has none: it is a last segment.
    return `${disposition}; filename="${(fileName || NO_FILE_NAME).replaceAll('"', '%22')}"\r\nContent-Type: text/csv`;
  }
  // An unknown charset stays unknown without the characters that no charset has.
  const type = charset && `\r\nContent-Type: text/plain; charset=${charset.replaceAll(/[^\w.:-]/g, '-')}`;
  return disposition + (type ?? '');
}
