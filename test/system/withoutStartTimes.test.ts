import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { FileLock } from '../../src/system/fileLock.mjs';
import { plainFiles } from '../../src/system/plainFiles.mjs';
import { contentOf, endedProcess, temporaryFolder } from './support.ts';

/** A system that tells no start of a process, such as Windows. */
vi.mock('../../src/system/processIdentity.mjs', async (original) => ({
  ...(await original<typeof import('../../src/system/processIdentity.mjs')>()),
  ownIdentity: () => ({ pid: process.pid, started: '' }),
}));

const HEARTBEAT = { beatMs: 20, staleMs: 300 };

it('takes over without waiting for a heartbeat if no process has the pid', async () => {
  const path = join(temporaryFolder(), 'lock');
  const { pid } = await endedProcess();
  writeFileSync(`${path}-1`, contentOf({ pid, started: '' }));
  let looks = 0;
  const modifiedAtMs = (looked: string) => {
    looks++;
    return plainFiles.modifiedAtMs(looked);
  };
  await FileLock.take(path, { files: { ...plainFiles, modifiedAtMs } });
  expect(looks).toBe(0);
});

it('takes over after the last heartbeat if another process has the pid', async () => {
  const path = join(temporaryFolder(), 'lock');
  writeFileSync(`${path}-1`, contentOf({ pid: process.ppid, started: '' }));
  const startMs = performance.now();
  await FileLock.take(path, { heartbeat: HEARTBEAT });
  expect(performance.now() - startMs).toBeGreaterThan(HEARTBEAT.staleMs / 2);
});

it('respects a heartbeat', async () => {
  const path = join(temporaryFolder(), 'lock');
  writeFileSync(`${path}-1`, contentOf({ pid: process.ppid, started: '' }));
  let atS = 1;
  const timer = setInterval(() => utimesSync(`${path}-1`, ++atS, atS), HEARTBEAT.beatMs);
  onTestFinished(() => clearInterval(timer));
  await expect(FileLock.take(path, { heartbeat: HEARTBEAT })).rejects.toThrow(`process ${process.ppid} `);
});
