#!/usr/bin/env node
import { EXIT } from './io.ts';
import { run } from './program.ts';

/** Runs the command line of this process, and ends the process once its output is written. */
async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const interrupt = new AbortController();
  // The service ends itself on a signal.
  if (argv[0] === 'serve') {
    const code = await run(argv, { ...ofProcess(), interrupted: interrupt.signal });
    if (code !== EXIT.done || argv.some((word) => word === '--help' || word === '-h')) process.exit(code);
    return;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
      interrupt.abort();
    });
  // The reader of a pipe has enough, as `head` does.
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    process.exit(code === 'EPIPE' ? EXIT.done : EXIT.error);
  });
  const code = await run(argv, { ...ofProcess(), interrupted: interrupt.signal });
  process.stdout.write('', () => process.exit(code));
}

function ofProcess() {
  const { env, stdin, stdout, stderr } = process;
  return { env, stdin, stdout, stderr };
}

await main();
