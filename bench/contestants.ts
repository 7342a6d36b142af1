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
/** Variables that would slow NumPy. Without them, NumPy chooses kernels and threads for the machine. */
const UNSET = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE', 'OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS'];

/** A training that was uploaded, with times from the clocks of both ends. */
export interface Uploading extends Training {
  /** From the request's first byte to the answer, measured by the client. */
  readonly wholeMs: number;
  /** From the last byte that the service has read to the metrics, measured by the service. */
  readonly afterLastByteMs: number;
  /** From the last byte that the client has sent to the answer, measured by the client. */
  readonly afterSendingMs: number;
}

/** A training on a file on disk. */
export interface OriginalTraining extends Training {
  readonly ms: number;
}

/** Starts the original's computation in another process, with everything imported. */
export async function startOriginal(): Promise<JsonLines> {
  const [command, ...args] = await pythonCommand('worker.py');
  const worker = new JsonLines(command, args);
  await worker.ask('versions');
  return worker;
}

/** Starts the original as a service without MLflow. */
export async function startOriginalService(): Promise<Program> {
  const [command, ...args] = await pythonCommand('upload.py');
  return await startProgram(
    command,
    (port) => [...args, String(port)],
    () => ({}),
  );
}

/** Starts statsmodels in another process, with everything imported. */
export async function startStatsmodels(): Promise<JsonLines> {
  const [command, ...args] = await pythonCommand('estimates.py', 'statsmodels');
  return new JsonLines(command, args);
}

async function pythonCommand(
  script: string,
  venv: 'reference' | 'statsmodels' = 'reference',
): Promise<[string, ...string[]]> {
  const python = await ensureVenv(venv);
  const unset = UNSET.flatMap((name) => ['-u', name]);
  // Python must write no bytecode into the source tree.
  return ['env', ...unset, 'PYTHONDONTWRITEBYTECODE=1', python, join(ORIGINAL, script)];
}

/** trainpost in another process, without MLflow. */
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

  /** Posts a file with some fields. @returns the answer, and the time from the last byte to the metrics */
  async post<Posted>(path: string, fields: Readonly<Record<string, string>>) {
    const { answer } = await upload<Posted>(this.#url, path, fields);
    const { afterLastByteMs } = await this.lines.ask<Pick<Uploading, 'afterLastByteMs'>>('logged');
    return { answer, afterLastByteMs };
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
 * Compiles `ours.ts` to plain JavaScript. A loader that compiles at run time would count as trainpost's memory. The file
 * stands in a folder from which Node finds the packages, and imports the modules of trainpost that `npm run build` made.
 */
function compileOurs(): void {
  const options = ['--module', 'nodenext', '--target', 'es2023', '--types', 'node', '--outDir', COMPILED];
  execFileSync(process.execPath, [
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    join(import.meta.dirname, 'ours.ts'),
    ...['--ignoreConfig', '--noResolve', '--noCheck', ...options],
  ]);
}

/** Peak of a process's resident memory in MB, which Linux records. */
export function peakMegabytes(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status has no VmHWM, the peak memory.`);
  return Number(kilobytes) / 1000;
}
