import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { FileLock, LockHeldError } from '../../src/system/fileLock.mjs';
import { SteppedDisk, SteppedProcess } from './steps.ts';

const PATH = '/folder/lock';
const PROCESSES = 4;
/** How often a process takes the lock at most, and how often it tries. */
const TURNS = 4;
const TRIES = 40;
const RUNS = 400;

interface Seen {
  readonly inside: Set<SteppedProcess>;
  most: number;
  turns: number;
}

/** A process that takes the lock, works under it for some steps, and releases it, again and again. */
async function takeTurns(process: SteppedProcess, seen: Seen, turns: number): Promise<void> {
  for (let tries = 0, done = 0; tries < TRIES && done < turns; tries++) {
    const lock = await FileLock.take(PATH, { files: process.files }).catch((error: unknown) => {
      if (!(error instanceof LockHeldError)) throw error;
    });
    if (lock === undefined) continue;
    seen.inside.add(process);
    seen.most = Math.max(seen.most, seen.inside.size);
    seen.turns++;
    for (let step = 0; step < 3; step++) await process.step();
    seen.inside.delete(process);
    await lock.release();
    done++;
  }
}

async function play(seed: number, crashOdds: number) {
  const disk = new SteppedDisk(seed);
  const seen: Seen = { inside: new Set(), most: 0, turns: 0 };
  const start = (turns: number) => {
    const process: SteppedProcess = new SteppedProcess(disk, () => seen.inside.delete(process));
    return takeTurns(process, seen, turns);
  };
  for (let index = 0; index < PROCESSES; index++) void start(TURNS);
  await disk.run(crashOdds);
  const before = seen.turns;
  void start(1);
  await disk.run(0);
  return { most: seen.most, last: seen.turns - before, files: [...disk.inodes.keys()] };
}

beforeEach(() => {
  // The heartbeats of processes that have crashed would go on.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
});

it.each([
  ['while all go on', 0],
  ['when some crash between two steps', 0.02],
])('has one holder at most in any order of steps, and is free in the end: %s', async (_name, crashOdds) => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const { most, last, files } = await play(seed, crashOdds);
    expect({ seed, most, last, files: files.length }).toEqual({ seed, most: 1, last: 1, files: 1 });
  }
});
