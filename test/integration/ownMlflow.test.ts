import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { unusedPort } from '../support/mlflowServer.ts';
import { type Program, startProgram } from '../support/programs.ts';
import { ensureVenv, pythonAvailable } from '../support/python.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A copy of this clone without `.mlflow`. */
function copyOfClone(temp: string): string {
  const clone = join(temp, 'clone');
  mkdirSync(clone);
  for (const name of ['dist', 'node_modules', 'package.json'])
    symlinkSync(join(ROOT, name), join(clone, name));
  return clone;
}

/** Starts the built service of a copy without `MLFLOW_TRACKING_URI`. The service starts the MLflow in `.mlflow/`. */
async function startService(clone: string, env: Record<string, string> = {}): Promise<Program> {
  const mlflowPort = String(await unusedPort());
  return startProgram(
    process.execPath,
    () => ['--preserve-symlinks', '--preserve-symlinks-main', join(clone, 'dist/server.js')],
    (port) => ({
      PORT: String(port),
      MLFLOW_TRACKING_URI: '',
      MLFLOW_LOCAL_PORT: mlflowPort,
      TEMP_DIR: join(clone, 'up'),
      ...env,
    }),
  );
}

/**
 * Links the reference environment, which has the same MLflow, to the place where the service installs MLflow.
 * `launcher.test.ts` shows an installation from nothing.
 */
async function shareMlflow(clone: string): Promise<void> {
  const reference = join(await ensureVenv('reference'), '../..');
  const venv = join(clone, '.mlflow/venv');
  mkdirSync(venv, { recursive: true });
  for (const name of readdirSync(reference)) symlinkSync(join(reference, name), join(venv, name));
  writeFileSync(join(venv, 'trainpost-stamp'), 'mlflow==3.17.2');
}

async function train(service: Program, headers: Record<string, string> = {}): Promise<Response> {
  const form = new FormData();
  form.set('train_file', new Blob([readFileSync(join(ROOT, 'data/diabetes.csv'))]), 'diabetes.csv');
  form.set('exp_name', 'Own');
  return fetch(`${service.url}/train`, { method: 'POST', body: form, headers });
}

describe.skipIf(!pythonAvailable)('npm start with an MLflow of its own (needs Python)', () => {
  const temp = mkdtempSync(join(tmpdir(), 'trainpost-own-'));
  const clone = copyOfClone(temp);
  beforeAll(() => shareMlflow(clone));
  afterAll(() => rmSync(temp, { recursive: true }));

  it('accepts trainings until MLflow is up, then delivers them, and ends MLflow when it stops', async () => {
    const service = await startService(clone);
    onTestFinished(async () => void (await service.stop()));
    const early = await train(service, { Prefer: 'wait=0' });
    expect(early.status).toBe(202);
    const place = new URL(early.headers.get('Location') ?? '', early.url);
    expect(await early.json()).toMatchObject({ accuracy: 0.79, tracking: { state: 'pending' } });

    await expect.poll(() => service.output(), { interval: 200 }).toContain('MLflow answers at http');
    const stateOfEarly = async () => ((await (await fetch(place)).json()) as { state: string }).state;
    await expect.poll(stateOfEarly).toBe('delivered');
    expect(service.output()).toContain('curl -F train_file=@data/diabetes.csv');
    const answer = (await (await train(service)).json()) as { accuracy: number; run: { url: string } };
    expect(answer.accuracy).toBe(0.79);
    const mlflow = new URL(answer.run.url).origin;
    expect((await fetch(`${mlflow}/health`)).status).toBe(200);

    expect(await service.stop()).toBe(0);
    await expect(fetch(`${mlflow}/health`)).rejects.toThrow();
  });

  it('accepts trainings if MLflow ends by itself, starts MLflow again, and delivers', async () => {
    const service = await startService(clone);
    onTestFinished(async () => void (await service.stop()));
    await expect.poll(() => service.output()).toContain('MLflow answers at http');
    const { server } = JSON.parse(readFileSync(join(clone, '.mlflow/server.json'), 'utf8'));
    process.kill(-server.pid, 'SIGKILL');
    await expect.poll(() => service.output()).toContain('trainpost starts MLflow again');
    const taken = await train(service, { Prefer: 'wait=0' });
    expect(taken.status).toBe(202);
    const place = new URL(taken.headers.get('Location') ?? '', taken.url);
    const state = async () => ((await (await fetch(place)).json()) as { state: string }).state;
    await expect.poll(state).toBe('delivered');
  });
});

describe('npm start without Python', () => {
  const temp = mkdtempSync(join(tmpdir(), 'trainpost-own-'));
  afterAll(() => rmSync(temp, { recursive: true }));

  it('says so in one sentence, and serves nevertheless', async () => {
    // The PATH has only Node.
    const bin = join(temp, 'bin');
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, 'node'));
    const service = await startService(copyOfClone(temp), { PATH: bin });
    try {
      await expect.poll(() => service.output()).toContain('There is no MLflow to log to');
      const refused = await train(service);
      expect(refused.status).toBe(503);
      expect(refused.headers.get('Retry-After')).toBeNull();
      const problem = (await refused.json()) as { code: string; detail: string };
      expect(problem.code).toBe('mlflow_missing');
      expect(problem.detail).toMatch(/Python 3\.10.*MLFLOW_TRACKING_URI/);
    } finally {
      expect(await service.stop()).toBe(0);
    }
  });
});
