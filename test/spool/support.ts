import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Spool, type SpoolOptions } from '../../src/spool/spool.ts';
import { optionsFor } from './samples.ts';

/** Linux' own disk in memory, for tests that make hundreds of faults. An fsync takes no time on it. */
export const FAST_DISK = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Makes a folder for one test, with a space in its name. */
export function temporaryFolder(on = tmpdir()): string {
  const folder = mkdtempSync(join(on, 'trainpost spool '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a spool that is closed after the test. */
export async function openSpool(dir: string, others: Partial<SpoolOptions> = {}): Promise<Spool> {
  const spool = await Spool.open(optionsFor(dir, others));
  onTestFinished(() => spool.close());
  return spool;
}

/** The number of files in each of the spool's folders. */
export function fileCounts(dir: string): Record<string, number> {
  const folders = ['incoming', 'pending', 'delivered', 'dead'];
  return Object.fromEntries(folders.map((folder) => [folder, readdirSync(join(dir, folder)).length]));
}

/** The bytes of all files in one of the spool's folders. */
export function bytesIn(dir: string, folder: string): number {
  return readdirSync(join(dir, folder)).reduce(
    (sum, name) => sum + statSync(join(dir, folder, name)).size,
    0,
  );
}

/** Removes the claims, as if the process that has the spool were dead. */
export function removeClaims(dir: string): void {
  for (const name of readdirSync(dir)) if (name.startsWith('claim-')) rmSync(join(dir, name));
}
