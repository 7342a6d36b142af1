import { dirname, join } from 'node:path';
import { closing } from '../system/plainFiles.mjs';
import { type Entries, type Entry, newEntry } from './entries.ts';
import { decode, type Envelope, isDamage, isOfOtherVersion } from './envelope.ts';
import type { SpoolFiles } from './files.ts';
import { type Layout, parseRecordName, type RecordName } from './layout.ts';
import type { Receipts } from './receipts.ts';
import type { Records } from './records.ts';

interface Parts {
  readonly files: SpoolFiles;
  readonly layout: Layout;
  readonly records: Records;
  readonly receipts: Receipts;
  readonly entries: Entries;
  readonly clock: () => number;
}

/** Makes the folders, and waits until they are on the disk, before a record relies on them. */
export async function makeFolders(files: SpoolFiles, layout: Layout): Promise<void> {
  const { root, ...folders } = layout;
  for (const folder of Object.values(folders)) await files.makeFolder(folder);
  await files.syncFolder(root);
  try {
    await files.syncFolder(dirname(root));
  } catch (error) {
    // We may have no right to the parent folder, as above a volume in a container. Then somebody else made the root folder.
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/**
 * Reads the folder that an earlier process left, wherever that process ended. Half-written files are removed. State
 * changes that had begun are completed. An incomplete last note is cut off. Damaged records become dead letters.
 */
export async function restore(parts: Parts): Promise<void> {
  const { files, layout, entries } = parts;
  for await (const name of files.names(layout.incoming)) await files.remove(join(layout.incoming, name));
  for (const name of await recordNames(files, layout.pending)) await restorePending(parts, name);
  for (const name of await recordNames(files, layout.dead)) {
    // A power cut during a rename may leave both names. The record stays pending, because a second try is the safer choice.
    if (entries.get(name.id) !== undefined) await files.remove(join(layout.dead, name.file));
    else entries.add(await deadEntry(parts, name));
  }
  // A kill may have come between a rename and its fsync. From now on, trainpost relies on these names.
  await files.syncFolder(layout.pending);
  await files.syncFolder(layout.dead);
}

async function restorePending({ files, layout, records, receipts, entries }: Parts, name: FoundName) {
  const entry = newEntry(name, 'pending', 0);
  if (await receipts.complete(name)) {
    await records.remove(entry);
    return;
  }
  const bytes = (await files.read(records.pathOf(entry))) as Buffer;
  const envelope = tryDecode(bytes, name);
  if (envelope === 'of other version') {
    entries.add(Object.assign(entry, { bytes: bytes.length, isOfOtherVersion: true }));
    return;
  }
  if (envelope === 'damaged') {
    const isDeadToo = (await files.modifiedAtMs(join(layout.dead, name.file))) !== undefined;
    await (isDeadToo ? records.remove(entry) : records.move(entry, 'dead'));
    return;
  }
  entry.bytes = envelope.wholeBytes;
  if (bytes.length > envelope.wholeBytes) await cutOff(files, records.pathOf(entry), envelope.wholeBytes);
  entries.add(entry);
}

async function deadEntry({ files, layout, clock }: Parts, name: FoundName): Promise<Entry> {
  const bytes = (await files.read(join(layout.dead, name.file))) as Buffer;
  const envelope = tryDecode(bytes, name);
  const entry = newEntry(name, 'dead', bytes.length);
  entry.endedAtMs = clock();
  if (envelope === 'of other version') entry.isOfOtherVersion = true;
  if (typeof envelope === 'string') return entry;
  entry.bytes = envelope.wholeBytes;
  entry.endedAtMs = envelope.end?.atMs ?? clock();
  return entry;
}

async function cutOff(files: SpoolFiles, path: string, bytes: number): Promise<void> {
  const file = await files.open(path, 'existing');
  await closing(file, () => file.truncate(bytes));
}

/** Reads a record, or says in a word why it cannot be read. The next reader gets the full reason. */
function tryDecode(bytes: Buffer, { id }: RecordName): Envelope | 'damaged' | 'of other version' {
  try {
    return decode(bytes, id);
  } catch (error) {
    if (isDamage(error)) return 'damaged';
    if (isOfOtherVersion(error)) return 'of other version';
    throw error;
  }
}

interface FoundName extends RecordName {
  readonly file: string;
}

/** The names of the records in a folder, in the order of acceptance. Other files are ignored. */
async function recordNames(files: SpoolFiles, folder: string): Promise<FoundName[]> {
  const found: string[] = [];
  for await (const name of files.names(folder)) found.push(name);
  return found.sort().flatMap((file) => {
    const name = parseRecordName(file);
    return name === undefined ? [] : [{ ...name, file }];
  });
}
