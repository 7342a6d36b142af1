import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopGroup } from '../../src/launcher/processes.ts';
import { unusedPort } from './mlflowServer.ts';
import { ensureVenv } from './python.ts';

/** Time for Python to import MLflow and to make its tables, on a busy machine. */
const START_TIMEOUT_MS = 500_000;
const POLL_MS = 200;
const OUTPUT_CHARS_MAX = 4_000;

/** The administrator of a server with basic auth. */
export const ADMIN = { username: 'admin', password: 'a-long-password-1' } as const;

export interface StartedMlflow {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts an MLflow 3 with more arguments than trainpost gives its own, and waits until a path answers.
 * @param path a path that answers without a password
 */
export async function startMlflowWith(
  options: readonly string[],
  path: string,
  env: Readonly<Record<string, string>> = {},
): Promise<StartedMlflow> {
  const python = await ensureVenv('reference');
  const port = await unusedPort();
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-mlflow-with-'));
  const where = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  const store = ['--backend-store-uri', 'sqlite:///mlflow.db', '--artifacts-destination', './artifacts'];
  const child = spawn(python, ['-m', 'mlflow', 'server', ...where, ...store, ...options], {
    cwd: dir,
    env: {
      ...process.env,
      PATH: [dirname(python), process.env['PATH']].join(delimiter),
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-OUTPUT_CHARS_MAX);
    });
  }
  await once(child, 'spawn');
  const stop = async () => {
    await stopGroup(child.pid!);
    rmSync(dir, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  while (!(await fetch(url + path).catch(() => undefined))) {
    if (child.exitCode !== null || Date.now() > deadlineMs) {
      await stop();
      throw new Error(
        `mlflow server ${options.join(' ')} does not answer (exit ${child.exitCode}):\n${said}`,
      );
    }
    await sleep(POLL_MS);
  }
  return { url, stop };
}

/** Starts an MLflow 3 with basic auth. Everyone may read; only the administrator may write. */
export async function startMlflowWithPasswords(): Promise<StartedMlflow> {
  const python = await ensureVenv('auth');
  const print = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  const packages = execFileSync(python, ['-c', print], { encoding: 'utf8' }).trim();
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-auth-'));
  const config = join(dir, 'auth.ini');
  const lines = [
    '[mlflow]',
    'default_permission = READ',
    `database_uri = sqlite:///${dir}/auth.db`,
    `admin_username = ${ADMIN.username}`,
    `admin_password = ${ADMIN.password}`,
    'authorization_function = mlflow.server.auth:authenticate_request_basic_auth',
    // MLflow checks a password in a fifth of a second, once for each call.
    'auth_cache_ttl_seconds = 600',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const server = await startMlflowWith(['--app-name', 'basic-auth'], '/health', {
    PYTHONPATH: packages,
    MLFLOW_AUTH_CONFIG_PATH: config,
    MLFLOW_FLASK_SERVER_SECRET_KEY: 'only-for-tests',
  });
  const stop = async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  return { url: server.url, stop };
}
