import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { ProcessIdentity } from '../system/processIdentity.mjs';

/** Kept beside the data of a server while the server runs: its process, its owner's process, and its URL. */
interface ServerRecord {
  readonly server: ProcessIdentity;
  readonly owner: ProcessIdentity;
  readonly url: string;
}

export function readRecord(path: string): ServerRecord | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ServerRecord;
  } catch {
    return undefined;
  }
}

/**
 * Writes a file beside the record and renames the file. A process that is killed here leaves the old record or the new
 * one. The write is synchronous, so that no server runs without a record.
 */
export function writeRecord(path: string, record: ServerRecord): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(record));
  renameSync(temporary, path);
}

/** Removes the record, unless it names another server by now. */
export function removeRecord(path: string, serverPid: number): void {
  if (readRecord(path)?.server.pid === serverPid) rmSync(path, { force: true });
}
