import { createHash } from 'node:crypto';
import { StorageError, UnavailableError } from '../errors.ts';
import type { RecordFile } from '../tracking/delivery/recordStore.ts';

/** The version that is written into each record. A new form of records gets a higher version. */
const VERSION = 1;
const NEWLINE = 0x0a;
const DIGEST_CHARS = 64;

/** The facts that stand in a record before its content. */
export interface Head {
  readonly id: string;
  readonly acceptedAtMs: number;
  /** Hex digest of the client's Idempotency-Key. */
  readonly key?: string;
}

/** The line behind the notes that says how a record ended. */
export interface End {
  readonly atMs: number;
  readonly outcome: unknown;
}

export interface Envelope extends Head {
  readonly document: unknown;
  readonly files: readonly RecordFile[];
  readonly notes: readonly unknown[];
  /** The last end, if there are several. */
  readonly end?: End;
  /** Length up to the end of the last whole line. The bytes behind it come from a write that was cut off. */
  readonly wholeBytes: number;
}

/** The length of a part of the content, and its checksum. */
interface Section {
  readonly bytes: number;
  readonly sha256: string;
}

interface WrittenHead extends Head {
  readonly version: number;
  readonly document: Section;
  readonly files: readonly (Section & { readonly path: string })[];
}

/** A line behind the content of a record. */
export type Line = { readonly note: unknown } | { readonly end: End };

/**
 * Writes a record as bytes: a head line, the document, the files, and then a line for each note.
 * Every line begins with its own SHA-256. The head line also has the SHA-256 of the document and of each file.
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

/** Writes a line as it stands behind the content of a record. */
export function encodeLine(line: Line): Buffer {
  return sealed(line);
}

/**
 * Reads a record. The files of the result share memory with `bytes`.
 * @param id the id in the name of the file, if the name has one
 * @throws StorageError `record_damaged` with the reason, UnavailableError `record_version`
 */
export function decode(bytes: Buffer, id?: string): Envelope {
  const headEnd = bytes.indexOf(NEWLINE) + 1;
  const opened = unsealed(bytes.subarray(0, headEnd));
  if (opened === undefined) throw damaged('its first line is incomplete');
  const { version, document, files, ...head } = opened as WrittenHead;
  if (version !== VERSION) throw ofOtherVersion(version);
  if (id !== undefined && head.id !== id) throw damaged(`it holds the record ${head.id}`);
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

/** Reads the lines up to an incomplete line. Only the last write can be cut off, so a whole line behind it is damage. */
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

/** Reads the value of a line, which includes its newline. Returns undefined if the line is incomplete. */
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
    `The file of this record has version ${String(version)}, and this trainpost reads version ${VERSION}. The record stays as it is: to deliver it, start the trainpost that wrote it, or a later one.`,
  );
}

/** Whether another version of trainpost wrote the file, in a form that this version does not know. */
export function isOfOtherVersion(error: unknown): error is UnavailableError {
  return error instanceof UnavailableError && error.code === 'record_version';
}

export function isDamage(error: unknown): error is StorageError {
  return error instanceof StorageError && error.code === 'record_damaged';
}
