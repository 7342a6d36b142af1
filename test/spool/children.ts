import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { onTestFinished } from 'vitest';
import type { Result, Results } from './story.ts';

/** Builds the child's program as one plain file, because Node starts such a file quickly. `remove` removes the file. */
export async function buildChild(): Promise<{ program: string; remove: () => void }> {
  const outDir = mkdtempSync(join(tmpdir(), 'trainpost-child-'));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'child.ts'),
      outDir,
      rollupOptions: { output: { entryFileNames: 'child.mjs' } },
    },
  });
  return { program: join(outDir, 'child.mjs'), remove: () => rmSync(outDir, { recursive: true }) };
}

export interface Played {
  readonly results: Results;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

/** Plays the story in another process, until the story ends or the process is killed. */
export async function playInChild(
  program: string,
  args: readonly string[],
  command: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Played> {
  const [executable = process.execPath, ...before] = [...command, process.execPath];
  const child = spawn(executable, [...before, program, 'play', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const results: Results = [];
  for (const line of output.split('\n').filter(Boolean)) {
    const [, step, result] = /^(\d+) (.*)$/.exec(line) as unknown as [string, string, Result];
    results[Number(step)] = result;
  }
  return { results, signal, errors };
}

/** Starts a process that takes a folder, and returns the first line that it writes. */
export async function holdInChild(
  program: string,
  dir: string,
  command: readonly string[] = [],
): Promise<{ said: string; child: ChildProcess }> {
  const [executable = process.execPath, ...before] = [...command, process.execPath];
  const child = spawn(executable, [...before, program, 'hold', dir], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { said, child };
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
