import { mkdtempSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startTestMlflow } from './mlflowServer.ts';
import { STARTED, type Started, WANTED } from './mlflowServers.ts';
import { ensureVenv, pythonAvailable } from './python.ts';

/**
 * Makes the Python environments in the background, and starts MLflow 3 and 2 when the first test file asks for them. A file
 * waits for the servers by `mlflowServers`, and for an environment by `ensureVenv`. Other files run meanwhile.
 *
 * @returns ends the servers
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!pythonAvailable) {
    console.warn('python3 (3.10 or later) was not found: the tests against a real MLflow are skipped.');
    project.provide('mlflow', null);
    return async () => {};
  }
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-mlflow-'));
  project.provide('mlflow', dir);
  // If one of them fails here, the test that needs it tries again, and fails with the reason.
  const environments = Promise.allSettled([ensureVenv('reference'), ensureVenv('mlflow2')])
    // Only one file needs each of these environments, so the servers do not wait for them.
    .then(() => Promise.allSettled([ensureVenv('sklearn12'), ensureVenv('auth')]))
    .catch(() => undefined);
  let servers: ReturnType<typeof startServers> | undefined;
  const watcher = watch(dir, (_event, name) => {
    if (name === WANTED) servers ??= startServers(dir);
  });
  return async () => {
    watcher.close();
    await environments;
    await (await servers)?.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}

/** Starts both servers, and reports the result to the test files. */
async function startServers(dir: string): Promise<{ readonly stop: () => Promise<void> }> {
  const starting = await Promise.allSettled([startTestMlflow('reference'), startTestMlflow('mlflow2')]);
  const [mlflow3, mlflow2] = starting;
  if (mlflow3.status === 'fulfilled' && mlflow2.status === 'fulfilled') {
    tell(dir, { urls: { mlflow3: mlflow3.value.url, mlflow2: mlflow2.value.url } });
  } else {
    const reasons = starting.flatMap((one) => (one.status === 'rejected' ? String(one.reason) : []));
    tell(dir, { error: `The MLflow servers of the tests did not start: ${reasons.join('; ')}` });
  }
  const stop = async () => {
    await Promise.all(starting.map((one) => one.status === 'fulfilled' && one.value.stop()));
  };
  return { stop };
}

/** Writes the answer for the test files. They run in other processes, and the rename shows them only a whole file. */
function tell(dir: string, started: Started): void {
  writeFileSync(join(dir, 'part'), JSON.stringify(started));
  renameSync(join(dir, 'part'), join(dir, STARTED));
}
