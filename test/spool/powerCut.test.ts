import { expect, it } from 'vitest';
import { Spool } from '../../src/spool/spool.ts';
import { check } from './checkStory.ts';
import { faultyFiles, systemError } from './faultyFiles.ts';
import { MemoryDisk, type Survives } from './memoryDisk.ts';
import { optionsFor } from './samples.ts';
import { play, type Results, STORY } from './story.ts';

const DIR = '/spool';
/** Seeds of the chances with which changes without an fsync survive. */
const SEEDS = [1, 2, 3, 4];
const ROUNDS = 400;
/** More operations than a start takes. */
const RESTORE_OPERATIONS = 45;

/** Plays the story until the operation number `cutAt`. From this operation on, nothing reaches the disk. */
async function playUntil(disk: MemoryDisk, cutAt: number): Promise<{ results: Results; operations: number }> {
  const results: Results = [];
  let operations = 0;
  const files = faultyFiles(disk, ({ number }) => {
    operations = number;
    if (number >= cutAt) throw systemError('EIO');
    return undefined;
  });
  try {
    const spool = await Spool.open(optionsFor(DIR, { files }));
    await play(spool, (step, result) => {
      if (operations < cutAt) results[step] = result;
    });
    await spool.close();
  } catch {
    // The power was cut before the spool was open.
  }
  return { results, operations };
}

/** Removes the claims, as if the process that had the folder were dead. */
async function removeClaims(disk: MemoryDisk): Promise<void> {
  for (const path of disk.paths()) if (path.includes('/claim-')) await disk.remove(path);
}

/** Checks what the next start finds. */
async function checkDisk(disk: MemoryDisk, results: Results): Promise<void> {
  await removeClaims(disk);
  const spool = await Spool.open(optionsFor(DIR, { files: disk }));
  await check(spool, results, false);
  expect(disk.paths().filter((path) => path.includes('/incoming/'))).toEqual([]);
  await spool.close();
}

function chances(seed: number): Survives {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >= 2 ** 31;
  };
}

it('plays the story to its end if nothing fails', async () => {
  const disk = new MemoryDisk();
  const { results, operations } = await playUntil(disk, Number.POSITIVE_INFINITY);
  expect(results).toEqual(STORY.map(() => 'done'));
  expect(operations).toBeGreaterThan(90);
  await checkDisk(disk, results);
});

it.each<[string, Survives[]]>([
  ['a power cut that loses everything without an fsync', [() => false]],
  ['a kill', [() => true]],
  ['a power cut that loses a part of it', SEEDS.map(chances)],
])('loses nothing and keeps nothing half-written at any operation: %s', async (_name, survivals) => {
  const { operations } = await playUntil(new MemoryDisk(), Number.POSITIVE_INFINITY);
  for (let cutAt = 1; cutAt <= operations + 1; cutAt++) {
    for (const survives of survivals) {
      const disk = new MemoryDisk();
      const { results } = await playUntil(disk, cutAt);
      await checkDisk(disk.afterPowerCut(survives), results);
    }
  }
});

it('brings the records that a start finds to the disk, after a kill at any operation', async () => {
  const { operations } = await playUntil(new MemoryDisk(), Number.POSITIVE_INFINITY);
  for (let killAt = 1; killAt <= operations + 1; killAt++) {
    const disk = new MemoryDisk();
    await playUntil(disk, killAt);
    await removeClaims(disk);
    const spool = await Spool.open(optionsFor(DIR, { files: disk }));
    const found = await allOf(spool);
    await spool.close();
    const after = disk.afterPowerCut(() => false);
    await removeClaims(after);
    const again = await Spool.open(optionsFor(DIR, { files: after }));
    expect(await allOf(again)).toEqual(found);
    await again.close();
  }
});

async function allOf(spool: Spool) {
  return [await spool.list('pending', 10), await spool.list('dead', 10), await spool.list('delivered', 10)];
}

it('loses nothing if it ends again during a start', async () => {
  const { operations } = await playUntil(new MemoryDisk(), Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    const disk = new MemoryDisk();
    const { results } = await playUntil(disk, 1 + (round % (operations + 1)));
    const left = round % 3 === 0 ? disk : disk.afterPowerCut(chances(round));
    await removeClaims(left);
    const cutAt = 1 + ((round * 7) % RESTORE_OPERATIONS);
    const files = faultyFiles(left, ({ number }) => {
      if (number >= cutAt) throw systemError('EIO');
      return undefined;
    });
    const spool = await Spool.open(optionsFor(DIR, { files })).catch(() => undefined);
    await spool?.close();
    await checkDisk(left.afterPowerCut(round % 2 === 0 ? () => false : chances(round)), results);
  }
});
