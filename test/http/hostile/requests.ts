/** A hostile request: its bytes, and the statuses of its answers, in their order. */
export interface Hostile {
  readonly name: string;
  readonly bytes: Buffer;
  /** Undefined where the request is made by chance: then any answer of 200 to 499. */
  readonly told?: readonly (number | readonly number[])[];
}

export const TOKEN = 'correct-horse-battery-staple';
/** What must be in no line of the log: of the file, and of the fields. */
export const CELL = 'zebrafish';
export const COLUMN = 'quagga';
export const FIELD = 'okapi';

export const HOST = 'Host: localhost\r\n';
export const AUTH = `Authorization: Bearer ${TOKEN}\r\n`;
export const HEAD = HOST + AUTH;
export const BOUNDARY = 'b0undary';
export const FORM = `Content-Type: multipart/form-data; boundary=${BOUNDARY}\r\n`;

export const CSV = `${COLUMN},b,Outcome\n${Array.from({ length: 20 }, (_, i) => `${i % 5 ? 'koala' : CELL},${i},${i % 2}\n`).join('')}`;

/** A part of a form by its own headers; texts are bytes, a character each. */
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
/** What makes a form a dry run, so that it needs no MLflow. */
export const DRY = field('dry_run', 'true');

/** `POST /train` of a body as it stands, with its right length. */
export function post(body: string, headers: string = FORM): string {
  return `POST /train HTTP/1.1\r\n${HEAD}${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** The same in chunks of these bytes. */
export function postChunked(body: string, chunkBytes: number, headers: string = FORM): string {
  const chunks = body.match(new RegExp(`[^]{1,${chunkBytes}}`, 'g')) ?? [];
  const coded = [...chunks, ''].map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
  return `POST /train HTTP/1.1\r\n${HEAD}${headers}Transfer-Encoding: chunked\r\n\r\n${coded}`;
}

export function hostile(name: string, bytes: string, ...told: (number | readonly number[])[]): Hostile {
  return { name, bytes: Buffer.from(bytes, 'latin1'), told };
}

/** UTF-8 as a text of bytes. */
export const utf8 = (text: string) => Buffer.from(text).toString('latin1');
