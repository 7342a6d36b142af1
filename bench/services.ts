import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MlflowServer, startMlflowServer } from '../src/launcher/mlflowServer.ts';
import { unusedPort } from '../test/support/mlflowServer.ts';
import { type Program, startProgram } from '../test/support/programs.ts';
import { ensureVenv } from '../test/support/python.ts';

const ROOT = join(import.meta.dirname, '..');

/** Nothing listens at this address, so a connection is refused at once. */
export const NOWHERE = 'http://127.0.0.1:9';

interface Services {
  /** Addresses. */
  readonly original: string;
  readonly trainpost: string;
  readonly mlflow: Pick<MlflowServer, 'url' | 'version'>;
}

/** Starts an MLflow server, and the original and trainpost, which log to it. Stops all of them once they were used. */
export async function withServices<Result>(use: (services: Services) => Promise<Result>): Promise<Result> {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-bench-'));
  const python = await ensureVenv('reference');
  const mlflow = await startMlflowServer({ python, dir, port: await unusedPort(), log: () => undefined });
  const env = { MLFLOW_TRACKING_URI: mlflow.url, TEMP_DIR: join(dir, 'temp'), LOG_LEVEL: 'silent' };
  const programs: Program[] = [];
  try {
    const original = await startProgram(
      python,
      (port) => [join(ROOT, 'bench/original/app.py'), String(port)],
      () => ({ ...env, MLFLOW_DISABLE_TELEMETRY: 'true' }),
    );
    programs.push(original);
    const trainpost = await startProgram(
      process.execPath,
      () => [join(ROOT, 'dist/server.js')],
      (port) => ({ ...env, PORT: String(port) }),
    );
    programs.push(trainpost);
    return await use({ original: original.url, trainpost: trainpost.url, mlflow });
  } finally {
    for (const program of programs) await program.stop();
    await mlflow.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

interface Accepting {
  /** MLflow's address; none answers without it. */
  readonly uri?: string;
  /** Its folder; one that is removed without it. */
  readonly dir?: string;
}

/** Starts a trainpost that answers as soon as a training is accepted. Stops it once it was used. */
export async function startAccepting<Result>(
  use: (url: string) => Promise<Result>,
  { uri = NOWHERE, dir }: Accepting = {},
): Promise<Result> {
  const folder = dir ?? mkdtempSync(join(tmpdir(), 'trainpost-bench-'));
  const trainpost = await startProgram(
    process.execPath,
    () => [join(ROOT, 'dist/server.js')],
    (port) => ({
      PORT: String(port),
      MLFLOW_TRACKING_URI: uri,
      MLFLOW_WAIT_MS: '0',
      TEMP_DIR: join(folder, 'temp'),
      SPOOL_DIR: join(folder, 'spool'),
      SPOOL_DISK_FREE_PERCENT_MIN: '0',
      LOG_LEVEL: 'silent',
    }),
  );
  try {
    return await use(trainpost.url);
  } finally {
    await trainpost.stop();
    if (dir === undefined) rmSync(folder, { recursive: true, force: true });
  }
}
