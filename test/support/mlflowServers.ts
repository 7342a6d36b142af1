import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';

/** The two MLflow servers that the integration tests share. */
export interface MlflowUrls {
  readonly mlflow3: string;
  readonly mlflow2: string;
}

/** What became of starting the servers. */
export type Started = { readonly urls: MlflowUrls } | { readonly error: string };

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the file that says what became of the servers, once it exists. Null without Python. */
    readonly mlflow: string | null;
  }
}

const POLL_MS = 100;

/**
 * Waits until the shared MLflow servers answer. Gives null if there is no Python, and the tests that need MLflow are skipped.
 *
 * @throws Error if an environment or a server could not be made
 */
export async function mlflowServers(): Promise<MlflowUrls | null> {
  const path = inject('mlflow');
  if (path === null) return null;
  while (!existsSync(path)) await sleep(POLL_MS);
  const started = JSON.parse(readFileSync(path, 'utf8')) as Started;
  if ('error' in started) throw new Error(started.error);
  return started.urls;
}
