import { malformedForm } from './formErrors.ts';

/** What the headers of a form's part say. */
export interface PartHead {
  /** The field's name; undefined if the headers have none. */
  readonly name: string | undefined;
  /** Whether the headers have a file name, even an empty one. */
  readonly hasFileName: boolean;
  /** The last segment of the file's name, without control characters; empty if the client has no name for the file. */
  readonly fileName: string;
  /** The media type in lower case, without its parameters; empty if the headers have none. */
  readonly type: string;
  /** The charset of a text. */
  readonly charset: string | undefined;
  /** In lower case; empty if the headers have none. */
  readonly transferEncoding: string;
}

const TOKEN = "[!#$%&'*+.^_`|~\\w-]";
const HEADER = new RegExp(`^(${TOKEN}+):[ \\t]*(.*?)[ \\t]*$`, 's');
/** A parameter with its semicolon, and also a semicolon with nothing behind it. */
const PARAMETER = new RegExp(
  `[ \\t]*;[ \\t]*(?:(${TOKEN}+)[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;"]*)))?`,
  'y',
);
/** RFC 8187: `UTF-8'en'na%C3%AFve.csv`. */
const EXTENDED = /^(utf-8|iso-8859-1)'[^']*'(.*)$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a header has none of these characters.
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: an encoded name may have these characters.
const CONTROLS = /[\0-\x1f\x7f]/g;

/**
 * Reads the headers of a part (RFC 7578, 4.2). If a header or a parameter is repeated, the first one counts.
 * @param head the headers without the blank line after them, one character for each byte
 * @throws HttpError `malformed_multipart` if a header cannot be read, or if the part is not one of a form
 */
export function readPartHead(head: string): PartHead {
  const headers = new Map<string, string>();
  // A line that begins with a blank continues the line before.
  for (const line of head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const [, name, value] = HEADER.exec(line) ?? [];
    if (name === undefined || value === undefined || CONTROL.test(value)) throw malformedHead();
    const key = name.toLowerCase();
    if (!headers.has(key)) headers.set(key, value);
  }
  const disposition = parametersOf(headers.get('content-disposition') ?? '');
  // Multer silently leaves such a part out.
  if (disposition?.first.toLowerCase() !== 'form-data') throw malformedHead();
  // A type that cannot be read counts as absent: programs print `null` for a type that they do not know.
  const type = parametersOf(headers.get('content-type') ?? '');
  const { parameters } = disposition;
  const name = parameters.get('name');
  const fileName = extended(parameters.get('filename*')) ?? utf8(parameters.get('filename') ?? '');
  return {
    name: name ? utf8(name) : undefined,
    hasFileName: parameters.has('filename') || parameters.has('filename*'),
    fileName: lastSegment(fileName).replaceAll(CONTROLS, '-'),
    type: type?.first.includes('/') ? type.first.toLowerCase() : '',
    charset: type?.parameters.get('charset'),
    transferEncoding: (headers.get('content-transfer-encoding') ?? '').toLowerCase(),
  };
}

/** Splits `first; name=value; name="value"`. @returns undefined if the text has another form */
function parametersOf(
  value: string,
): { readonly first: string; readonly parameters: ReadonlyMap<string, string> } | undefined {
  const first = value.split(';', 1)[0] as string;
  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = first.length;
  while (PARAMETER.lastIndex < value.length) {
    const match = PARAMETER.exec(value);
    if (match === null) return undefined;
    const [, name, quoted, token] = match;
    if (name === undefined) continue;
    const key = name.toLowerCase();
    // Browsers do not escape a backslash, so that only these two pairs are escapes.
    if (!parameters.has(key)) parameters.set(key, quoted?.replaceAll(/\\(["\\])/g, '$1') ?? token ?? '');
  }
  return { first: first.trim(), parameters };
}

/** A value as in RFC 8187; undefined if it has another form. */
function extended(value: string | undefined): string | undefined {
  const [, charset = '', encoded] = EXTENDED.exec(value ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const bytes = encoded.replaceAll(/%([\da-f]{2})/gi, (_all, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return charset.toLowerCase() === 'utf-8' ? utf8(bytes) : bytes;
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

function lastSegment(path: string): string {
  const segment = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return segment === '.' || segment === '..' ? '' : segment;
}

function malformedHead(): Error {
  return malformedForm(
    'A part of the form has a malformed header: let the HTTP client write the form, as curl -F does.',
  );
}
