import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { ProcessIdentity } from '../system/processIdentity.mjs';

/** Kept beside a server's data while it runs: who it is, whose it is, and where it answers. */
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

/** Written beside and renamed: a process that is killed here leaves the old record or the new one. */
export function writeRecord(path: string, record: ServerRecord): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(record));
  renameSync(temporary, path);
}

/** Removes the record, unless it tells of another server by now. */
export function removeRecord(path: string, serverPid: number): void {
  if (readRecord(path)?.server.pid === serverPid) rmSync(path, { force: true });
}
