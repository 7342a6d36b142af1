import { execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/**
 * Python for the tests: the environments in requirements/<name>.txt, made once in `.venvs/<name>`, and scripts
 * that take JSON and give JSON. POSIX only, as the tests that use it are.
 */
export type VenvName = 'reference' | 'mlflow2' | 'sklearn12';

const SUPPORT = import.meta.dirname;
const VENVS = resolve(SUPPORT, '../../.venvs');
const SCRIPTS = resolve(SUPPORT, 'python');

/** Oldest Python that MLflow 3 runs on. */
const VERSION_MIN = [3, 10] as const;
/** An environment with MLflow in it takes one to three minutes; a slow line may take more. */
const MAKE_TIMEOUT_MS = 900_000;
/** Importing mlflow alone takes some seconds, and more on a busy machine. */
const SCRIPT_TIMEOUT_MS = 500_000;
const OUTPUT_BYTES_MAX = 64 * 2 ** 20;
/** What of a script's error output is worth reading. */
const STDERR_CHARS_MAX = 4000;

const base = findPython();

/** Whether the tests that need Python can run. With CI=true its absence is an error, for nothing may be skipped there. */
export const pythonAvailable: boolean = base !== null;

const { CI } = process.env;
if (!pythonAvailable && CI === 'true') {
  throw new Error(
    `The tests need python3 ${VERSION_MIN.join('.')} or later, and with CI=true none is skipped.`,
  );
}

/** Makes the environment where it is missing or its requirements have changed. Resolves to the path of its python. */
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
 * Runs a script of `test/support/python/` (or an absolute path) in an environment: `input` comes to it as JSON on
 * stdin, the last line it prints is its answer. A failure shows what it wrote to stderr.
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
    // What a script leaves where it runs (MLflow makes ./mlruns) stays out of the source tree.
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
    // A script that dies before it has read everything tells why by its exit, not by a broken pipe here.
    child.stdin?.on('error', () => {});
    child.stdin?.end(JSON.stringify(input));
  });
}

/** One thread, for the machine is shared with other tests; no bytecode in the source tree; no word to MLflow's telemetry. */
function scriptEnv(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    MLFLOW_DISABLE_TELEMETRY: 'true',
    OMP_NUM_THREADS: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONIOENCODING: 'utf-8',
  };
}

/** Version of python3, or null where there is none or it is too old. */
function findPython(): string | null {
  const { status, stdout } = spawnSync('python3', ['-c', 'import sys; print(*sys.version_info[:3])'], {
    encoding: 'utf8',
  });
  if (status !== 0) return null;
  const [major = 0, minor = 0] = stdout.trim().split(' ').map(Number);
  const enough = major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1]);
  return enough ? stdout.trim() : null;
}
