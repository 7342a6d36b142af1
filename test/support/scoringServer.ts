import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopGroup } from '../../src/launcher/processes.ts';
import { unusedPort } from './mlflowServer.ts';
import { ensureVenv, type VenvName } from './python.ts';

/** Time for two Python processes to import MLflow and scikit-learn, one after the other, on a busy machine. */
const START_TIMEOUT_MS = 500_000;
const POLL_MS = 200;
const STDERR_CHARS_MAX = 4_000;

export interface ScoringServer extends AsyncDisposable {
  readonly url: string;
}

/** Starts `mlflow models serve --env-manager local`. `await using` ends it. */
export async function scoringServer(
  venv: VenvName,
  trackingUri: string,
  modelUri: string,
): Promise<ScoringServer> {
  const python = await ensureVenv(venv);
  const port = await unusedPort();
  const where = ['--host', '127.0.0.1', '--port', String(port)];
  const child = spawn(
    python,
    ['-m', 'mlflow', 'models', 'serve', '-m', modelUri, '--env-manager', 'local', ...where],
    {
      // The server is a child process of this process, and is found by its name.
      env: {
        ...process.env,
        PATH: [dirname(python), process.env['PATH']].join(delimiter),
        MLFLOW_TRACKING_URI: trackingUri,
        MLFLOW_DISABLE_TELEMETRY: 'true',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-STDERR_CHARS_MAX);
  });
  await once(child, 'spawn');
  const pid = child.pid!;
  const url = `http://127.0.0.1:${port}`;
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(`${url}/ping`))) {
    if (child.exitCode !== null || Date.now() > deadlineMs) {
      await stopGroup(pid);
      throw new Error(`mlflow models serve does not answer (exit ${child.exitCode}):\n${said}`);
    }
    await sleep(POLL_MS);
  }
  return { url, [Symbol.asyncDispose]: () => stopGroup(pid) };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}
