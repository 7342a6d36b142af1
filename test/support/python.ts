import { execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/**
 * Python for the tests: the environments in requirements/<name>.txt, made once in `.venvs/<name>`, and scripts
 * that take JSON and give JSON. POSIX only, as the tests that use it are.
 */
export type VenvName = 'reference' | 'mlflow2' | 'sklearn12' | 'auth' | 'statsmodels' | 'openapi';

const SUPPORT = import.meta.dirname;
const VENVS = resolve(SUPPORT, '../../.venvs');
const SCRIPTS = resolve(SUPPORT, 'python');

/** The oldest Python that MLflow 3 supports. */
const VERSION_MIN = [3, 10] as const;
/** Installing an environment with MLflow takes one to three minutes, and more on a slow network. */
const MAKE_TIMEOUT_MS = 900_000;
/** Importing mlflow alone takes a few seconds, and more on a busy machine. */
const SCRIPT_TIMEOUT_MS = 500_000;
const OUTPUT_BYTES_MAX = 64 * 2 ** 20;
/** Characters of a script's error output that an error shows. */
const STDERR_CHARS_MAX = 4000;

const base = findPython();

/** Whether the tests that need Python can run. With CI=true a missing Python is an error, because CI skips no test. */
export const pythonAvailable: boolean = base !== null;

const { CI } = process.env;
if (!pythonAvailable && CI === 'true') {
  throw new Error(
    `The tests need python3 ${VERSION_MIN.join('.')} or later; with CI=true they are not skipped: install Python.`,
  );
}

/** Makes the environment if it is missing or its requirements have changed. Resolves to the path of its python. */
export async function ensureVenv(name: VenvName): Promise<string> {
  if (base === null) throw new Error(`python3 ${VERSION_MIN.join('.')} or later was not found.`);
  const folder = resolve(VENVS, name);
  const python = resolve(folder, 'bin/python');
  const requirements = resolve(SUPPORT, 'requirements', `${name}.txt`);
  const stamp = createHash('sha256')
    .update(base)
    .update(await readFile(requirements))
    .digest('hex');
  if ((await readFile(resolve(folder, 'stamp'), 'utf8').catch(() => '')) === stamp) return python;

  const script = resolve(SCRIPTS, 'make_venv.py');
  const child = spawn('python3', [script, folder, requirements, stamp], {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: MAKE_TIMEOUT_MS,
  });
  const [code, signal] = await once(child, 'exit');
  if (code !== 0)
    throw new Error(`The Python environment ${name} could not be made (exit ${code ?? signal}).`);
  return python;
}

/**
 * Runs a script of `test/support/python/` (or an absolute path) in an environment. The script gets `input` as JSON on
 * stdin, and the last line that it prints is the result, as JSON. An error shows what the script wrote to stderr.
 */
export async function runPython(
  name: VenvName,
  scriptPath: string,
  input: unknown,
  { timeoutMs = SCRIPT_TIMEOUT_MS }: { timeoutMs?: number } = {},
): Promise<unknown> {
  const python = await ensureVenv(name);
  const script = resolve(SCRIPTS, scriptPath);
  const options = {
    // Files that a script leaves in its working directory (MLflow makes ./mlruns) stay out of the source tree.
    cwd: resolve(VENVS, name),
    env: scriptEnv(),
    killSignal: 'SIGKILL',
    maxBuffer: OUTPUT_BYTES_MAX,
    timeout: timeoutMs,
  } as const;
  return await new Promise((done, fail) => {
    const child = execFile(python, [script], options, (error, stdout, stderr) => {
      const said = stderr.slice(-STDERR_CHARS_MAX);
      if (error) {
        const why = error.killed ? `killed after ${timeoutMs} ms` : `exit ${error.code}`;
        fail(new Error(`${scriptPath} in ${name}: ${why}\n${said}`));
        return;
      }
      try {
        done(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''));
      } catch (cause) {
        fail(new Error(`${scriptPath} in ${name} did not answer with JSON\n${said}`, { cause }));
      }
    });
    // If a script ends before it has read everything, its exit code tells why, and not the broken pipe here.
    child.stdin?.on('error', () => {});
    child.stdin?.end(JSON.stringify(input));
  });
}

/** One thread, because other tests share the machine; no bytecode in the source tree; no telemetry of MLflow. */
function scriptEnv(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    MLFLOW_DISABLE_TELEMETRY: 'true',
    OMP_NUM_THREADS: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONIOENCODING: 'utf-8',
  };
}

/** Version of python3; null if python3 is missing or too old. */
function findPython(): string | null {
  const { status, stdout } = spawnSync('python3', ['-c', 'import sys; print(*sys.version_info[:3])'], {
    encoding: 'utf8',
  });
  if (status !== 0) return null;
  const [major = 0, minor = 0] = stdout.trim().split(' ').map(Number);
  const enough = major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1]);
  return enough ? stdout.trim() : null;
}
