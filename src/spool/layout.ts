import { join } from 'node:path';

/** The folders of a spool. A record's state is the folder that holds its file. */
export interface Layout {
  readonly root: string;
  /** Files that are being written. Each start clears the folder. */
  readonly incoming: string;
  readonly pending: string;
  readonly delivered: string;
  readonly dead: string;
}

/** Wide enough until the year 2286, so that names sort by time. */
const TIME_DIGITS = 13;
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const DIGEST = '[0-9a-f]{32,128}';
const ID = new RegExp(`^${UUID}$`);
const KEY = new RegExp(`^${DIGEST}$`);
const JOB_NAME = new RegExp(`^(\\d{${TIME_DIGITS}})-(${UUID})$`);
const RECORD_NAME = new RegExp(`^(\\d{${TIME_DIGITS}})-(${UUID})(?:-(${DIGEST}))?\\.record$`);

export function layoutOf(root: string): Layout {
  return {
    root,
    incoming: join(root, 'incoming'),
    pending: join(root, 'pending'),
    delivered: join(root, 'delivered'),
    dead: join(root, 'dead'),
  };
}

/** Whether a text is a UUID in lower case. Other texts never become part of a path. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** Whether a text is a hex digest. Other texts never become part of a path. */
export function isKey(text: string): boolean {
  return KEY.test(text);
}

export interface RecordName {
  readonly id: string;
  readonly acceptedAtMs: number;
  readonly key?: string;
}

/** The file name of a record: its time of acceptance, its id, its key. The rename that accepts a record gives it this name. */
export function recordName({ id, acceptedAtMs, key }: RecordName): string {
  return `${timeName(acceptedAtMs)}-${id}${key === undefined ? '' : `-${key}`}.record`;
}

/** Reads a file name. Returns undefined for a file that is not the spool's. */
export function parseRecordName(name: string): RecordName | undefined {
  const [, time, id, key] = RECORD_NAME.exec(name) ?? [];
  if (time === undefined || id === undefined) return undefined;
  return { id, acceptedAtMs: Number(time), ...(key !== undefined && { key }) };
}

/** The name of a job's folder: its time of acceptance, and its id. */
export function jobName({ id, acceptedAtMs }: RecordName): string {
  return `${timeName(acceptedAtMs)}-${id}`;
}

/** Reads the name of a folder. Returns undefined for a folder that is not a job's. */
export function parseJobName(name: string): Omit<RecordName, 'key'> | undefined {
  const [, time, id] = JOB_NAME.exec(name) ?? [];
  return time === undefined || id === undefined ? undefined : { id, acceptedAtMs: Number(time) };
}

function timeName(atMs: number): string {
  return String(atMs).padStart(TIME_DIGITS, '0');
}
