import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { withLock } from '../../src/launcher/lock.ts';
import { identityOf } from '../../src/system/processIdentity.mjs';
import { temporaryFolder } from './support.ts';

const never = new AbortController().signal;

/** Runs several pieces of work under one lock and gives how many were at work at once, at most. */
async function together(path: string, count: number): Promise<number> {
  let now = 0;
  let most = 0;
  const work = async () => {
    now++;
    most = Math.max(most, now);
    await sleep(20);
    now--;
  };
  await Promise.all(Array.from({ length: count }, () => withLock(path, () => {}, never, work)));
  return most;
}

it('lets one work at a time, and leaves nothing behind', async () => {
  const folder = temporaryFolder();
  expect(await together(join(folder, 'lock'), 3)).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

it('is released when the work fails', async () => {
  const folder = temporaryFolder();
  const work = () => Promise.reject(new Error('no'));
  await expect(withLock(join(folder, 'lock'), () => {}, never, work)).rejects.toThrow('no');
  expect(readdirSync(folder)).toEqual([]);
});

it.each([
  ['of a process that has ended', async () => JSON.stringify({ ...(await endedMark()), key: 'x' })],
  [
    'of another process with the same number',
    async () => JSON.stringify({ pid: process.pid, started: '0', key: 'x' }),
  ],
  ['that was cut off', async () => '{"pid":'],
])('takes over a lock %s, once', async (_name, content) => {
  const path = join(temporaryFolder(), 'lock');
  writeFileSync(path, await content());
  expect(await together(path, 3)).toBe(1);
});

it('waits on where another one took over the same dead lock right after', async () => {
  const path = join(temporaryFolder(), 'lock');
  writeFileSync(path, '{}');
  let worked = false;
  const locked = withLock(
    path,
    () => {},
    never,
    async () => {
      worked = true;
    },
  );
  await sleep(50);
  writeFileSync(path, JSON.stringify({ ...identityOf(process.pid), key: 'other' }));
  await sleep(500);
  expect(worked).toBe(false);
  rmSync(path);
  await locked;
  expect(worked).toBe(true);
});

it('says once that it waits, and gives up when told to', async () => {
  const path = join(temporaryFolder(), 'lock');
  const giveUp = new AbortController();
  const waits: number[] = [];
  await withLock(
    path,
    () => {},
    never,
    async () => {
      const second = withLock(
        path,
        (holder) => void waits.push(holder.pid),
        giveUp.signal,
        async () => {},
      );
      const refused = expect(second).rejects.toThrow('aborted');
      await sleep(500);
      giveUp.abort();
      await refused;
    },
  );
  expect(waits).toEqual([process.pid]);
});

async function endedMark() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const mark = identityOf(child.pid!);
  expect(mark).toBeDefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  return mark;
}
