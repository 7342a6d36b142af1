import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UnavailableError } from '../errors.ts';

const run = promisify(execFile);
/** pyenv's shims and a cold disk need a second or two. */
const ASK_TIMEOUT_MS = 15_000;
/** The oldest Python that MLflow 3.17 supports. */
const PYTHON_MIN = [3, 10] as const;
const CANDIDATES = [
  ['python3', []],
  ['python', []],
  ['py', ['-3']],
] as const;
const QUESTION = 'import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)';

/**
 * Path of the first interpreter of Python 3.10 or newer among `python3`, `python` and `py -3`.
 *
 * @param searchPath the `PATH` to look in, instead of the one of this process
 * @throws UnavailableError if there is no such Python. The message says what to do.
 */
export async function findPython(searchPath?: string): Promise<string> {
  const tooOld: string[] = [];
  for (const [command, args] of CANDIDATES) {
    const found = await ask(command, args, searchPath);
    if (!found) continue;
    if (found.major === PYTHON_MIN[0] && found.minor >= PYTHON_MIN[1]) return found.path;
    tooOld.push(`${found.major}.${found.minor}`);
  }
  const what = tooOld.length > 0 ? `only Python ${tooOld.join(' and ')} was found` : 'no Python was found';
  const message = `trainpost could not set up an MLflow server, because ${what}: install Python 3.10 or newer, or set MLFLOW_TRACKING_URI to an MLflow that runs.`;
  throw new UnavailableError('python_not_found', message);
}

interface Answer {
  readonly major: number;
  readonly minor: number;
  readonly path: string;
}

async function ask(
  command: string,
  args: readonly string[],
  searchPath: string | undefined,
): Promise<Answer | undefined> {
  try {
    const env = searchPath === undefined ? process.env : { ...process.env, PATH: searchPath };
    const { stdout } = await run(command, [...args, '-c', QUESTION], { env, timeout: ASK_TIMEOUT_MS });
    const [, major, minor, path] = /^(\d+) (\d+) (.+)$/.exec(stdout.trim()) ?? [];
    return path === undefined ? undefined : { major: Number(major), minor: Number(minor), path };
  } catch {
    return undefined;
  }
}
