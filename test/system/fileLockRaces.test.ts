import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FileLock } from '../../src/system/fileLock.mjs';
import { contentOf, endedProcess, temporaryFolder } from './support.ts';

const RACERS = 3;
const ROUNDS = 150;
/** Long against a file operation, so that processes overtake each other at each of them. */
const PAUSE_MS = 2;

class Racer {
  readonly child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(killAt?: number) {
    const args = [PAUSE_MS, ...(killAt === undefined ? [] : [killAt])].map(String);
    this.child = spawn(process.execPath, [join(import.meta.dirname, 'racer.mjs'), ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#answers = createInterface(this.child.stdout!)[Symbol.asyncIterator]();
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  /** Undefined if the process has ended. */
  async ask(command: string): Promise<string | undefined> {
    this.child.stdin!.write(`${command}\n`);
    return (await this.#answers.next()).value;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended();
  }

  async ended(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
  }
}

describe('processes that take a lock at the same time', () => {
  it.each<[string, (path: string, dead: string) => void]>([
    ['which nobody has held', () => {}],
    ['of a dead holder', (path, dead) => writeFileSync(`${path}-1`, dead)],
    [
      'of a dead holder who left more files',
      (path, dead) => {
        for (const number of [7, 8, 41]) writeFileSync(`${path}-${number}`, dead);
        writeFileSync(`${path}-${crypto.randomUUID()}`, dead);
      },
    ],
  ])('have one holder among them: a lock %s', async (_name, prepare) => {
    const dead = contentOf(await endedProcess());
    const racers = Array.from({ length: RACERS }, () => new Racer());
    for (let round = 0; round < ROUNDS; round++) {
      const folder = temporaryFolder();
      const path = join(folder, 'lock');
      prepare(path, dead);
      const answers = await Promise.all(racers.map((racer) => racer.ask(`take ${path}`)));
      expect(answers.filter((answer) => answer === 'taken')).toHaveLength(1);
      expect(answers.filter((answer) => answer === 'held')).toHaveLength(RACERS - 1);
      await racers[answers.indexOf('taken')]!.ask('release');
      expect(readdirSync(folder)).toHaveLength(1);
    }
  });

  it('have one holder among them when the holder before was killed, again and again', async () => {
    const path = join(temporaryFolder(), 'lock');
    const racers = Array.from({ length: RACERS }, () => new Racer());
    for (let round = 0; round < ROUNDS / 5; round++) {
      const answers = await Promise.all(racers.map((racer) => racer.ask(`take ${path}`)));
      expect(answers.filter((answer) => answer === 'taken')).toHaveLength(1);
      const holder = answers.indexOf('taken');
      await racers[holder]!.kill();
      racers[holder] = new Racer();
    }
  });

  it('take turns', async () => {
    const path = join(temporaryFolder(), 'lock');
    const racers = Array.from({ length: RACERS }, () => new Racer());
    const answers = await Promise.all(racers.map((racer) => racer.ask(`turns ${path}`)));
    expect(answers).toEqual(racers.map(() => 'done'));
  });
});

it('is free again when its holder is killed before any of its file operations', async () => {
  for (let killAt = 1, answer: string | undefined; answer !== 'released'; killAt++) {
    const folder = temporaryFolder();
    const path = join(folder, 'lock');
    writeFileSync(`${path}-1`, contentOf(await endedProcess()));
    const victim = new Racer(killAt);
    answer = await victim.ask(`take ${path}`);
    if (answer === 'taken') answer = await victim.ask('release');
    await victim.kill();
    const lock = await FileLock.take(path);
    expect(readdirSync(folder)).toHaveLength(1);
    await lock.release();
    expect(killAt).toBeLessThan(50);
  }
});
