import type { TestProject } from 'vitest/node';
import { startTestMlflow } from './mlflowServer.ts';
import { pythonAvailable } from './python.ts';

/** The two MLflow servers that the integration tests share. */
export interface MlflowUrls {
  readonly mlflow3: string;
  readonly mlflow2: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Null without Python; then tests that need MLflow are skipped. */
    readonly mlflow: MlflowUrls | null;
  }
}

/** Starts MLflow 3 and 2 before the integration tests. @returns ends them */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!pythonAvailable) {
    console.warn('python3 (3.10 or later) was not found: the tests against a real MLflow are skipped.');
    project.provide('mlflow', null);
    return async () => {};
  }
  const starting = [startTestMlflow('reference'), startTestMlflow('mlflow2')] as const;
  const stop = async () => {
    const servers = await Promise.allSettled(starting);
    await Promise.all(servers.map((server) => server.status === 'fulfilled' && server.value.stop()));
  };
  try {
    const [mlflow3, mlflow2] = await Promise.all(starting);
    project.provide('mlflow', { mlflow3: mlflow3.url, mlflow2: mlflow2.url });
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}
