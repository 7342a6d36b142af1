import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { NewRecord } from '../../src/spool/record.ts';
import { Spool, type SpoolOptions } from '../../src/spool/spool.ts';

const HOUR_MS = 3_600_000;

/** Linux' own disk in memory, where fsync takes no time: for tests that make faults by the hundred. */
export const FAST_DISK = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A folder of its own for one test, with a space in its name. */
export function temporaryFolder(on = tmpdir()): string {
  const folder = mkdtempSync(join(on, 'trainpost spool '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function optionsFor(dir: string, others: Partial<SpoolOptions> = {}): SpoolOptions {
  return {
    dir,
    recordsMax: 100,
    bytesMax: 10_000_000,
    diskFreeMin: 0,
    keptMs: 24 * HOUR_MS,
    deadKeptMs: 720 * HOUR_MS,
    ...others,
  };
}

/** A spool that is closed when the test has ended. */
export async function openSpool(dir: string, others: Partial<SpoolOptions> = {}): Promise<Spool> {
  const spool = await Spool.open(optionsFor(dir, others));
  onTestFinished(() => spool.close());
  return spool;
}

/** A record with a document and two files, one of them with bytes that are no text. */
export function newRecord(name: string, others: Partial<NewRecord> = {}): NewRecord {
  return {
    id: randomUUID(),
    document: { name, text: 'ä\n"' },
    files: [
      { path: 'model/MLmodel', bytes: Buffer.from(`model of ${name}\n`) },
      {
        path: 'model/model.onnx',
        bytes: Buffer.from(Array.from({ length: 300 }, (_, index) => index % 256)),
      },
    ],
    ...others,
  };
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** How many files lie in each of the spool's folders. */
export function fileCounts(dir: string): Record<string, number> {
  const folders = ['incoming', 'pending', 'delivered', 'dead'];
  return Object.fromEntries(folders.map((folder) => [folder, readdirSync(join(dir, folder)).length]));
}

/** As if the process that has the spool were dead. */
export function removeClaims(dir: string): void {
  for (const name of readdirSync(dir)) if (name.startsWith('claim-')) rmSync(join(dir, name));
}
