import { readdirSync, readFileSync, unlinkSync as unlink, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Claim } from '../../src/spool/claim.ts';
import { realFiles } from '../../src/spool/files.ts';
import { layoutOf } from '../../src/spool/layout.ts';
import { makeFolders } from '../../src/spool/restore.ts';
import type { Heartbeat } from '../../src/system/fileLock.mjs';
import { identityOf } from '../../src/system/processIdentity.mjs';
import { buildChild, ended, holdInChild } from './children.ts';
import { newRecord } from './samples.ts';
import { openSpool, temporaryFolder } from './support.ts';

const HEARTBEAT: Heartbeat = { beatMs: 20, staleMs: 200 };
const RACERS = 6;
const RACES = 3;

let program: string;
let remove: () => void;
beforeAll(async () => {
  ({ program, remove } = await buildChild());
});
afterAll(() => remove());

function claimsIn(dir: string): string[] {
  return readdirSync(dir).filter((name) => name.startsWith('claim-'));
}

async function take(dir: string, heartbeat = HEARTBEAT): Promise<Claim> {
  const layout = layoutOf(dir);
  await makeFolders(realFiles, layout);
  const claim = await Claim.take(realFiles, layout, heartbeat);
  onTestFinished(() => claim.release());
  return claim;
}

/** Writes the claim of a process on another machine. */
function writeForeignClaim(
  dir: string,
  number: number,
  content = '{"pid":7,"started":"1","host":"far","pidSpace":"far"}',
) {
  const path = join(dir, `claim-${number}`);
  writeFileSync(path, content);
  return path;
}

describe('a second process', () => {
  it('is refused in one line that names the folder and the process, and gets the folder once the first releases it', async () => {
    const dir = temporaryFolder();
    const first = await holdInChild(program, dir);
    expect(first.said).toBe('open');
    const second = await holdInChild(program, dir);
    expect(second.said).toMatch(
      /^SPOOL_DIR=.* is in use by process \d+ on .*: set SPOOL_DIR to another folder/,
    );
    expect(second.said).toContain(dir);
    expect(second.said).toContain(`process ${first.child.pid} `);
    first.child.stdin?.end();
    await ended(first.child);
    expect((await holdInChild(program, dir)).said).toBe('open');
    expect(claimsIn(dir)).toEqual(['claim-2']);
  });

  it('takes the folder over from a process that was killed', async () => {
    const dir = temporaryFolder();
    const first = await holdInChild(program, dir);
    first.child.kill('SIGKILL');
    await ended(first.child);
    expect((await holdInChild(program, dir)).said).toBe('open');
  });

  it.each([
    ['if the folder is free', undefined],
    ['if the holder was killed', 'SIGKILL'],
  ] as const)('is the only one to get the folder if many start at once: %s', async (_name, signal) => {
    for (let race = 0; race < RACES; race++) {
      const dir = temporaryFolder();
      if (signal) {
        const { child } = await holdInChild(program, dir);
        child.kill(signal);
        await ended(child);
      }
      const racers = await Promise.all(Array.from({ length: RACERS }, () => holdInChild(program, dir)));
      const said = racers.map((racer) => racer.said);
      expect(said.filter((line) => line === 'open')).toHaveLength(1);
      expect(said.filter((line) => line.includes('is in use by process'))).toHaveLength(RACERS - 1);
      for (const { child } of racers) child.kill('SIGKILL');
    }
  });

  it('is refused if it is the same process, too', async () => {
    const dir = temporaryFolder();
    const spool = await openSpool(dir);
    await expect(openSpool(dir)).rejects.toMatchObject({ code: 'spool_in_use' });
    await spool.close();
    await openSpool(dir);
  });
});

describe('the claim of another process with the same pid', () => {
  it('is taken over, because the system gives pids out again', async () => {
    const dir = temporaryFolder();
    await (await take(dir)).release();
    const mark = JSON.parse(readFileSync(join(dir, 'claim-1'), 'utf8'));
    writeForeignClaim(dir, 2, JSON.stringify({ ...mark, isReleased: undefined, started: '1' }));
    await take(dir);
    expect(claimsIn(dir)).toEqual(['claim-3']);
    writeForeignClaim(dir, 4, JSON.stringify({ ...mark, isReleased: undefined, ...identityOf(process.pid) }));
    await expect(take(dir)).rejects.toMatchObject({ code: 'spool_in_use' });
  });
});

describe('a claim from another machine', () => {
  it.each([
    ['whole', undefined],
    ['emptied by a power cut', ''],
  ])('is taken over if it has no heartbeat: %s', async (_name, content) => {
    const dir = temporaryFolder();
    writeForeignClaim(dir, 5, content);
    await take(dir);
    expect(claimsIn(dir)).toEqual(['claim-6']);
  });

  it('is respected if it has a heartbeat, even if its clock is wrong', async () => {
    const dir = temporaryFolder();
    const path = writeForeignClaim(dir, 5);
    let atS = 1_000_000;
    const timer = setInterval(() => utimesSync(path, ++atS, atS), HEARTBEAT.beatMs);
    onTestFinished(() => clearInterval(timer));
    await expect(take(dir, { ...HEARTBEAT, staleMs: 60_000 })).rejects.toThrow('in use by process 7 on far');
  });
});

describe('a holder', () => {
  it('gives its claim a heartbeat', async () => {
    const dir = temporaryFolder();
    await take(dir);
    const path = join(dir, 'claim-1');
    const before = await realFiles.modifiedAtMs(path);
    await expect.poll(() => realFiles.modifiedAtMs(path)).not.toBe(before);
  });

  it.each([
    ['there is a higher claim', (dir: string) => void writeForeignClaim(dir, 2)],
    ['its claim is gone', (dir: string) => unlink(join(dir, 'claim-1'))],
  ])('writes nothing more once others took it for dead: %s', async (_name, takeOver) => {
    const dir = temporaryFolder();
    const claim = await take(dir);
    await claim.check();
    takeOver(dir);
    const failure = () => claim.check().catch((error: unknown) => error);
    await expect.poll(failure).toMatchObject({ code: 'spool_lost' });
    const before = claimsIn(dir);
    await claim.release();
    expect(claimsIn(dir)).toEqual(before);
  });

  it('checks its claim before it writes, if it was asleep', async () => {
    const dir = temporaryFolder();
    const claim = await take(dir, { beatMs: 600_000, staleMs: 600_000 });
    writeForeignClaim(dir, 2);
    await claim.check();
    vi.useFakeTimers({ now: Date.now() + 400_000, toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    await expect(claim.check()).rejects.toMatchObject({
      code: 'spool_lost',
      message: expect.not.stringContaining(dir),
    });
  });

  it('refuses every write of a spool that was taken over', async () => {
    const dir = temporaryFolder();
    const spool = await openSpool(dir);
    await spool.accept(newRecord('a'));
    writeForeignClaim(dir, 2);
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    await expect(spool.accept(newRecord('b'))).rejects.toMatchObject({ code: 'spool_lost' });
    await expect(spool.deliver((await spool.pending())[0]!, null)).rejects.toMatchObject({
      code: 'spool_lost',
    });
    expect(readdirSync(join(dir, 'pending'))).toHaveLength(1);
  });
});
