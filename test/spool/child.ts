import { writeSync } from 'node:fs';
import { realFiles } from '../../src/spool/files.ts';
import { Spool } from '../../src/spool/spool.ts';
import { type Fault, faultyFiles } from './faultyFiles.ts';
import { optionsFor } from './samples.ts';
import { play } from './story.ts';

/**
 * A process that has a spool.
 *
 * `play <folder> [<number> before|half]` plays the story, and writes each step to standard output. With a number, the
 * process kills itself at the operation of that number: before the operation, or in the middle of a write.
 *
 * `hold <folder>` says whether it has the folder, and keeps the folder until standard input ends.
 */
const [does, dir = '', killAt, how] = process.argv.slice(2);

/** Writes a line at once, so that the line arrives even if the process is killed right after. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function killing(): Fault {
  return ({ number }) => {
    if (number === Number(killAt) && how === 'half') return 'half';
    const isNow = number === Number(killAt) + (how === 'half' ? 1 : 0);
    if (isNow) process.kill(process.pid, 'SIGKILL');
    return undefined;
  };
}

if (does === 'play') {
  const spool = await Spool.open(optionsFor(dir, { files: faultyFiles(realFiles, killing()) }));
  await play(spool, (step, result) => say(`${step} ${result}`));
  await spool.close();
} else {
  try {
    const spool = await Spool.open(optionsFor(dir));
    say('open');
    for await (const _ of process.stdin);
    await spool.close();
  } catch (error) {
    say((error as Error).message);
  }
}
