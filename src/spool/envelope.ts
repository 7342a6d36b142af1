import { createHash } from 'node:crypto';
import { StorageError, UnavailableError } from '../errors.ts';
import type { RecordFile } from '../tracking/delivery/recordStore.ts';

/** Written into each record: a later form of them gets a higher one. */
const VERSION = 1;
const NEWLINE = 0x0a;
const DIGEST_CHARS = 64;

/** What a record says of itself, before its content. */
export interface Head {
  readonly id: string;
  readonly acceptedAtMs: number;
  /** Hex digest of the caller's Idempotency-Key. */
  readonly key?: string;
}

/** How a record ended, behind its notes. */
export interface End {
  readonly atMs: number;
  readonly outcome: unknown;
}

export interface Envelope extends Head {
  readonly document: unknown;
  readonly files: readonly RecordFile[];
  readonly notes: readonly unknown[];
  /** The last one, where there are several. */
  readonly end?: End;
  /** Up to the end of the last whole line; what follows was torn when it was written. */
  readonly wholeBytes: number;
}

/** Where a part of the content lies, and what it must be. */
interface Section {
  readonly bytes: number;
  readonly sha256: string;
}

interface WrittenHead extends Head {
  readonly version: number;
  readonly document: Section;
  readonly files: readonly (Section & { readonly path: string })[];
}

/** What stands behind a record. */
export type Line = { readonly note: unknown } | { readonly end: End };

/**
 * A record as bytes: a line that says what follows, the document, the files, and behind them a line for each note.
 * Every line begins with its own SHA-256, and the first one has those of document and files.
 */
export function encode(
  head: Head,
  document: unknown,
  files: readonly RecordFile[],
  lines: readonly Line[] = [],
): Buffer {
  const text = Buffer.from(JSON.stringify(document));
  const written: WrittenHead = {
    version: VERSION,
    ...head,
    document: sectionOf(text),
    files: files.map(({ path, bytes }) => ({ path, ...sectionOf(bytes) })),
  };
  return Buffer.concat([
    sealed(written),
    text,
    ...files.map(({ bytes }) => bytes),
    Buffer.of(NEWLINE),
    ...lines.map(encodeLine),
  ]);
}

/** A line as it stands behind a record. */
export function encodeLine(line: Line): Buffer {
  return sealed(line);
}

/**
 * Reads a record; its files share memory with `bytes`.
 * @param id where the name of the file says whose record it is
 * @throws StorageError `record_damaged` with the reason, UnavailableError `record_version`
 */
export function decode(bytes: Buffer, id?: string): Envelope {
  const headEnd = bytes.indexOf(NEWLINE) + 1;
  const opened = unsealed(bytes.subarray(0, headEnd));
  if (opened === undefined) throw damaged('its first line is not whole');
  const { version, document, files, ...head } = opened as WrittenHead;
  if (version !== VERSION) throw ofOtherVersion(version);
  if (id !== undefined && head.id !== id) throw damaged(`it is that of ${head.id}`);
  let position = headEnd;
  const take = (part: Section, name: string): Buffer => {
    const taken = bytes.subarray(position, position + part.bytes);
    position += part.bytes;
    if (digestOf(taken) !== part.sha256) throw damaged(`its ${name} does not match its checksum`);
    return taken;
  };
  const text = take(document, 'document');
  const taken = files.map((part) => ({ path: part.path, bytes: take(part, part.path) }));
  if (bytes[position] !== NEWLINE) throw damaged('its content does not end where it should');
  const { lines, wholeBytes } = readLines(bytes, position + 1);
  const ends = lines.flatMap((line) => ('end' in line ? [line.end] : []));
  return {
    ...head,
    document: JSON.parse(text.toString()) as unknown,
    files: taken,
    notes: lines.flatMap((line) => ('note' in line ? [line.note] : [])),
    ...(ends.length > 0 && { end: ends.at(-1) as End }),
    wholeBytes,
  };
}

/** The lines up to the first that is not whole. Only the last write can be torn: a whole line behind it is damage. */
function readLines(bytes: Buffer, start: number): { lines: Line[]; wholeBytes: number } {
  const lines: Line[] = [];
  let wholeBytes = start;
  let isTorn = false;
  for (let from = start; from < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, from);
    const to = newline < 0 ? bytes.length : newline + 1;
    const line = unsealed(bytes.subarray(from, to));
    if (line !== undefined && isTorn) throw damaged('a note in the middle does not match its checksum');
    if (line === undefined) isTorn = true;
    else lines.push(line as Line);
    if (!isTorn) wholeBytes = to;
    from = to;
  }
  return { lines, wholeBytes };
}

function sealed(value: unknown): Buffer {
  const text = JSON.stringify(value);
  return Buffer.from(`${digestOf(Buffer.from(text))} ${text}\n`);
}

/** The value of a line with its newline; undefined where it is not whole. */
function unsealed(line: Buffer): unknown {
  const text = line.subarray(DIGEST_CHARS + 1, -1);
  if (line.at(-1) !== NEWLINE || line.toString('latin1', 0, DIGEST_CHARS) !== digestOf(text))
    return undefined;
  return JSON.parse(text.toString());
}

function sectionOf(bytes: Buffer): Section {
  return { bytes: bytes.length, sha256: digestOf(bytes) };
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function damaged(reason: string): StorageError {
  return new StorageError('record_damaged', `This record is damaged: ${reason}.`);
}

function ofOtherVersion(version: unknown): UnavailableError {
  return new UnavailableError(
    'record_version',
    `The file of this record has version ${String(version)}, and this trainpost reads version ${VERSION}. The record is left as it is: to have it delivered, start the trainpost that wrote it, or a later one.`,
  );
}

/** Whether another version of trainpost wrote the file, in a form that is unknown here. */
export function isOfOtherVersion(error: unknown): error is UnavailableError {
  return error instanceof UnavailableError && error.code === 'record_version';
}

export function isDamage(error: unknown): error is StorageError {
  return error instanceof StorageError && error.code === 'record_damaged';
}
