import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startTestMlflow, type TestMlflow } from './mlflowServer.ts';
import type { Started } from './mlflowServers.ts';
import { ensureVenv, pythonAvailable } from './python.ts';

/**
 * Makes the Python environments and starts MLflow 3 and 2 in the background. A test file that needs the servers waits
 * for them by `mlflowServers`, one that needs an environment by `ensureVenv`; the other files run meanwhile.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!pythonAvailable) {
    console.warn('python3 (3.10 or later) was not found: the tests against a real MLflow are skipped.');
    project.provide('mlflow', null);
    return async () => {};
  }
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-mlflow-'));
  const path = join(dir, 'started.json');
  project.provide('mlflow', path);
  const starting = [startTestMlflow('reference'), startTestMlflow('mlflow2')] as const;
  const told = tellWhatBecomes(starting, path);
  // A test that needs this one waits for it, or makes it anew and fails with the reason.
  const other = ensureVenv('sklearn12').catch(() => undefined);
  return async () => {
    await Promise.all([told, other]);
    const servers = await Promise.allSettled(starting);
    await Promise.all(servers.map((server) => server.status === 'fulfilled' && server.value.stop()));
    rmSync(dir, { recursive: true, force: true });
  };
}

async function tellWhatBecomes(
  starting: readonly [Promise<TestMlflow>, Promise<TestMlflow>],
  path: string,
): Promise<void> {
  try {
    const [mlflow3, mlflow2] = await Promise.all(starting);
    tellStarted(path, { urls: { mlflow3: mlflow3.url, mlflow2: mlflow2.url } });
  } catch (error) {
    tellStarted(path, {
      error: `The MLflow servers of the tests did not start: ${(error as Error).message}`,
    });
  }
}

/** The test files run in other processes, which see the whole file or none. */
function tellStarted(path: string, started: Started): void {
  writeFileSync(`${path}.part`, JSON.stringify(started));
  renameSync(`${path}.part`, path);
}
