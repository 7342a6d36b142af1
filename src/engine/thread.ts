import { readFile } from 'node:fs/promises';
import { TrainpostError } from '../errors.ts';
import { type FitOptions, type FitSpec, fitCsv } from './fit.ts';
import { warmUp } from './warmUp.ts';
import { type Reply, toReply } from './wire.ts';

/** What the pool sends a thread. */
export type Task =
  | { readonly kind: 'fit'; readonly path: string; readonly spec: FitSpec; readonly options: FitOptions }
  | { readonly kind: 'warm-up' };

/** A thread's entry: one training a call. */
export default async function run(task: Task): Promise<Reply | undefined> {
  if (task.kind === 'warm-up') {
    await warmUp();
    return undefined;
  }
  try {
    return { ok: true, fitted: await fitCsv(await readFile(task.path), task.spec, task.options) };
  } catch (error) {
    if (error instanceof TrainpostError) return toReply(error);
    throw error;
  }
}
