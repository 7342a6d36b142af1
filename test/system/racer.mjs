/**
 * A process that takes locks as a test says. Its arguments: `<pause>` in milliseconds, and perhaps `<number>`. It pauses
 * by chance before file operations, up to `<pause>`, as on a busy machine, and kills itself before the operation of that
 * number.
 *
 * Standard input has one command a line, and each command one answer:
 * - `take <path>`: `taken` or `held`
 * - `release`: `released`
 * - `turns <path>`: takes and releases the lock a hundred times; `done`, or `two holders`
 */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileLock, LockHeldError } from '../../src/system/fileLock.mjs';
import { plainFiles } from '../../src/system/plainFiles.mjs';

const TURNS = 100;
/** One operation in three has a pause before it, and one in fifty a long one: others take turns meanwhile. */
const PAUSE_ODDS = 1 / 3;
const LONG_PAUSE_ODDS = 1 / 50;
const LONG_PAUSE_MS = 30;
const [pauseMsMax, killAt] = process.argv.slice(2).map(Number);

let operations = 0;
async function pause() {
  if (++operations === killAt) process.kill(process.pid, 'SIGKILL');
  if (Math.random() < LONG_PAUSE_ODDS) await sleep(LONG_PAUSE_MS);
  else if (Math.random() < PAUSE_ODDS) await sleep(Math.random() * pauseMsMax);
}

const pausing =
  (operation) =>
  async (...args) => {
    await pause();
    return await operation(...args);
  };
const files = {
  ...Object.fromEntries(Object.entries(plainFiles).map(([name, operation]) => [name, pausing(operation)])),
  names: async function* (folder) {
    await pause();
    for await (const name of plainFiles.names(folder)) {
      yield name;
      await pause();
    }
  },
};

/** Undefined if another process holds the lock. */
async function take(path) {
  try {
    return await FileLock.take(path, { files });
  } catch (error) {
    if (!(error instanceof LockHeldError)) throw error;
  }
}

async function turns(path) {
  for (let done = 0; done < TURNS; ) {
    const lock = await take(path);
    if (lock === undefined) continue;
    try {
      closeSync(openSync(`${path}.inside`, 'wx'));
    } catch {
      await lock.release();
      return 'two holders';
    }
    await pause();
    rmSync(`${path}.inside`);
    await lock.release();
    done++;
  }
  return 'done';
}

let lock;
for await (const line of createInterface(process.stdin)) {
  const [command, ...path] = line.split(' ');
  let answer = 'released';
  if (command === 'take') {
    lock = await take(path.join(' '));
    answer = lock ? 'taken' : 'held';
  } else if (command === 'turns') answer = await turns(path.join(' '));
  else await lock.release();
  writeSync(1, `${answer}\n`);
}
