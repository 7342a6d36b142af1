import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The two MLflow servers that the integration tests share. */
export interface MlflowUrls {
  readonly mlflow3: string;
  readonly mlflow2: string;
}

/** The result of starting the servers. */
export type Started = { readonly urls: MlflowUrls } | { readonly error: string };

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the files WANTED, by which a test file asks for the servers, and STARTED, the answer. Null without Python. */
    readonly mlflow: string | null;
  }
}

/** Files of the folder. */
export const WANTED = 'wanted';
export const STARTED = 'started.json';
const POLL_MS = 100;

/**
 * Waits until the shared MLflow servers answer. Without Python, the result is null and the tests that need MLflow are
 * skipped.
 *
 * @throws Error if an environment or a server could not be made
 */
export async function mlflowServers(): Promise<MlflowUrls | null> {
  // Only a test file can import vitest, and the process that starts the servers imports this module too.
  const { inject } = await import('vitest');
  const dir = inject('mlflow');
  if (dir === null) return null;
  writeFileSync(join(dir, WANTED), '');
  while (!existsSync(join(dir, STARTED))) await sleep(POLL_MS);
  const started = JSON.parse(readFileSync(join(dir, STARTED), 'utf8')) as Started;
  if ('error' in started) throw new Error(started.error);
  return started.urls;
}
