import { Readable, Writable } from 'node:stream';
import type { Io } from '../../src/cli/io.ts';
import { run } from '../../src/cli/program.ts';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly env?: Io['env'];
  readonly stdin?: string;
  readonly interrupted?: AbortSignal;
}

/** Runs a command line in this process, with pipes for its outputs. */
export async function runCli(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { env = {}, stdin = '', interrupted = new AbortController().signal } = options;
  const out = collector();
  const err = collector();
  const io = {
    env,
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: out.output,
    stderr: err.output,
    interrupted,
  };
  const code = await run(argv, io);
  return { code, stdout: out.text(), stderr: err.text() };
}

function collector() {
  const chunks: Buffer[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { output, text: () => Buffer.concat(chunks).toString() };
}
