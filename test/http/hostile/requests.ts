/** A hostile request: its bytes, and the statuses of its responses in order. */
export interface Hostile {
  readonly name: string;
  readonly bytes: Buffer;
  /** Undefined for a random request: its responses may have any status from 200 to 499. */
  readonly told?: readonly (number | readonly number[])[];
}

export const TOKEN = 'correct-horse-battery-staple';
/** Texts in the file and the fields that must not be in any line of the log. */
export const CELL = 'zebrafish';
export const COLUMN = 'quagga';
export const FIELD = 'okapi';

export const HOST = 'Host: localhost\r\n';
export const AUTH = `Authorization: Bearer ${TOKEN}\r\n`;
export const HEAD = HOST + AUTH;
export const BOUNDARY = 'b0undary';
export const FORM = `Content-Type: multipart/form-data; boundary=${BOUNDARY}\r\n`;

export const CSV = `${COLUMN},b,Outcome\n${Array.from({ length: 20 }, (_, i) => `${i % 5 ? 'koala' : CELL},${i},${i % 2}\n`).join('')}`;

/** A part of a form with the given headers. In these texts each character stands for one byte. */
export function part(headers: string, body: string): string {
  return `--${BOUNDARY}\r\n${headers}\r\n\r\n${body}\r\n`;
}

export function field(name: string, value: string): string {
  return part(`Content-Disposition: form-data; name="${name}"`, value);
}

export function file(csv = CSV, fileName = 'data.csv'): string {
  return part(`Content-Disposition: form-data; name="train_file"; filename="${fileName}"`, csv);
}

export const END = `--${BOUNDARY}--\r\n`;
/** Makes a form a dry run, so that it needs no MLflow. */
export const DRY = field('dry_run', 'true');

/** `POST /train` with this body and its correct length. */
export function post(body: string, headers: string = FORM): string {
  return `POST /train HTTP/1.1\r\n${HEAD}${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** `POST /train` with this body in chunks of `chunkBytes`. */
export function postChunked(body: string, chunkBytes: number, headers: string = FORM): string {
  const chunks = body.match(new RegExp(`[^]{1,${chunkBytes}}`, 'g')) ?? [];
  const coded = [...chunks, ''].map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
  return `POST /train HTTP/1.1\r\n${HEAD}${headers}Transfer-Encoding: chunked\r\n\r\n${coded}`;
}

export function hostile(name: string, bytes: string, ...told: (number | readonly number[])[]): Hostile {
  return { name, bytes: Buffer.from(bytes, 'latin1'), told };
}

/** The UTF-8 bytes of a text, as a text with one character for each byte. */
export const utf8 = (text: string) => Buffer.from(text).toString('latin1');
