import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MlflowServer, startMlflowServer } from '../src/launcher/mlflowServer.ts';
import { unusedPort } from '../test/support/mlflowServer.ts';
import { type Program, startProgram } from '../test/support/programs.ts';
import { ensureVenv } from '../test/support/python.ts';

const ROOT = join(import.meta.dirname, '..');

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
