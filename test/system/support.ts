import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Holder } from '../../src/system/numberedFiles.mjs';
import { identityOf, type ProcessIdentity, pidSpace } from '../../src/system/processIdentity.mjs';

/** A folder of its own for one test, with a space in its name. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainpost lock '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Identity of a process that has ended. */
export async function endedProcess(): Promise<ProcessIdentity> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const identity = identityOf(child.pid!)!;
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity;
}

/** The content of a lock's file. */
export function contentOf(holder: Partial<Holder>): string {
  return JSON.stringify({ host: 'here', pidSpace: pidSpace(), key: crypto.randomUUID(), ...holder });
}
