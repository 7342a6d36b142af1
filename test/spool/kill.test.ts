import { afterAll, beforeAll, expect, it } from 'vitest';
import { realFiles } from '../../src/spool/files.ts';
import { Spool } from '../../src/spool/spool.ts';
import { drawn } from '../support/draws.ts';
import { check } from './checkStory.ts';
import { buildChild, playInChild } from './children.ts';
import { faultyFiles, type Operation } from './faultyFiles.ts';
import { optionsFor } from './samples.ts';
import { play, type Results, STORY } from './story.ts';
import { FAST_DISK, fileCounts, openSpool, temporaryFolder } from './support.ts';

let program: string;
let remove: () => void;
beforeAll(async () => {
  ({ program, remove } = await buildChild());
});
afterAll(() => remove());

/** Checks that the dead process's claim does not block the folder, and that the spool holds what was acknowledged. */
async function checkFolder(dir: string, results: Results): Promise<void> {
  const spool = await openSpool(dir);
  await check(spool, results, false);
  expect(fileCounts(dir)).toMatchObject({ incoming: 0 });
  await spool.close();
}

async function operationsOfStory(): Promise<Operation[]> {
  const operations: Operation[] = [];
  const files = faultyFiles(realFiles, (operation) => {
    operations.push(operation);
    return undefined;
  });
  const spool = await Spool.open(optionsFor(temporaryFolder(FAST_DISK), { files }));
  await play(spool, () => undefined);
  await spool.close();
  return operations;
}

it('plays the story in another process', async () => {
  const dir = temporaryFolder(FAST_DISK);
  const { results, signal } = await playInChild(program, [dir]);
  expect(signal).toBeNull();
  expect(results).toEqual(STORY.map(() => 'done'));
  await checkFolder(dir, results);
});

it('loses nothing and keeps nothing half-written if it is killed before any operation, or in the middle of any write', async () => {
  const operations = await operationsOfStory();
  const kills = operations.flatMap(({ number, kind }) => [
    [String(number), 'before'],
    ...(kind === 'write' ? [[String(number), 'half']] : []),
  ]);
  for (const kill of drawn(kills, 1 / 3)) {
    const dir = temporaryFolder(FAST_DISK);
    const { results, signal } = await playInChild(program, [dir, ...kill]);
    expect(signal, kill.join(' ')).toBe('SIGKILL');
    await checkFolder(dir, results);
  }
});
