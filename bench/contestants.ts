import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Program, startProgram } from '../test/support/programs.ts';
import { ensureVenv } from '../test/support/python.ts';
import { JsonLines } from './jsonLines.ts';
import type { Training } from './training.ts';
import { upload } from './uploadFile.ts';

const ROOT = join(import.meta.dirname, '..');
const ORIGINAL = join(import.meta.dirname, 'original');
const COMPILED = join(ROOT, 'node_modules/.cache/trainpost-bench');
/** NumPy chooses kernels and threads for the machine itself; what an environment may say otherwise slows it. */
const UNSET = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE', 'OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS'];

/** A training as it was uploaded, by the clocks of both ends. */
export interface Uploading extends Training {
  /** From the request's first byte to the answer, at the client. */
  readonly wholeMs: number;
  /** From the last byte that the service has read to the metrics, at the service. */
  readonly afterLastByteMs: number;
  /** From the last byte that the client has sent to the answer, at the client. */
  readonly afterSendingMs: number;
}

/** A training on a file that lies on disk. */
export interface OriginalTraining extends Training {
  readonly ms: number;
}

/** The original's computation in a process of its own, everything imported. */
export async function startOriginal(): Promise<JsonLines> {
  const [command, ...args] = await pythonCommand('worker.py');
  const worker = new JsonLines(command, args);
  await worker.ask('versions');
  return worker;
}

/** The original as a service, without MLflow. */
export async function startOriginalService(): Promise<Program> {
  const [command, ...args] = await pythonCommand('upload.py');
  return await startProgram(
    command,
    (port) => [...args, String(port)],
    () => ({}),
  );
}

async function pythonCommand(script: string): Promise<[string, ...string[]]> {
  const python = await ensureVenv('reference');
  const unset = UNSET.flatMap((name) => ['-u', name]);
  // No bytecode in the source tree.
  return ['env', ...unset, 'PYTHONDONTWRITEBYTECODE=1', python, join(ORIGINAL, script)];
}

/** trainpost as a process of its own, without MLflow. */
export class Ours {
  readonly lines: JsonLines;
  readonly #url: string;

  private constructor(lines: JsonLines, url: string) {
    this.lines = lines;
    this.#url = url;
  }

  static async start(nodeFlags: readonly string[] = []): Promise<Ours> {
    compileOurs();
    const lines = new JsonLines(process.execPath, [
      ...nodeFlags,
      join(COMPILED, 'ours.js'),
      join(ROOT, 'dist'),
    ]);
    return new Ours(lines, (await lines.ask<{ url: string }>('url')).url);
  }

  async train(path: string): Promise<Uploading> {
    const { answer, wholeMs, afterSendingMs } = await upload<Answer>(this.#url, path);
    const { parse, fit, evaluate } = answer.timing_ms;
    return {
      ...(await this.lines.ask<Omit<Uploading, 'rows' | 'stages'>>('logged')),
      rows: { train: answer.data.train_rows, test: answer.data.test_rows },
      stages: { parse, fit, evaluate },
      wholeMs,
      afterSendingMs,
    };
  }
}

interface Answer {
  readonly data: { readonly train_rows: number; readonly test_rows: number };
  readonly timing_ms: { readonly parse: number; readonly fit: number; readonly evaluate: number };
}

/**
 * Plain JavaScript, for a loader that compiles while it runs would count as trainpost's memory. It stands where
 * packages are found from, and what it imports of trainpost is what `npm run build` made.
 */
function compileOurs(): void {
  const options = ['--module', 'nodenext', '--target', 'es2023', '--types', 'node', '--outDir', COMPILED];
  execFileSync(process.execPath, [
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    join(import.meta.dirname, 'ours.ts'),
    ...['--ignoreConfig', '--noResolve', '--noCheck', ...options],
  ]);
}

/** Peak of a process's resident memory in MB, as Linux keeps it. */
export function peakMegabytes(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error(`Linux does not tell the peak memory of ${pid}.`);
  return Number(kilobytes) / 1000;
}
