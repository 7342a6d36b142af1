import { parentPort, workerData } from 'node:worker_threads';
import { MemoryBudget } from '../../../kernels/memoryBudget.ts';
import { useBudget } from '../../../kernels/module.ts';
import { replyWith } from './reply.ts';
import type { Handlers, TaskMessage, ThreadData, ThreadMessage } from './tasks.ts';

/** Makes this worker thread answer the tasks that `WorkerThread` posts, one after the other. */
export function serveTasks(handlers: Handlers): void {
  const { budget } = (workerData ?? {}) as Partial<ThreadData>;
  if (budget !== undefined) useBudget(new MemoryBudget(budget));
  const post = (message: ThreadMessage) => parentPort?.postMessage(message);
  parentPort?.on('message', ({ kind, input }: TaskMessage) => {
    // The table of handlers pairs each kind with its input; the compiler cannot follow a pair through a union.
    const handle = handlers[kind] as (input: unknown) => unknown;
    void replyWith(() => handle(input)).then(post);
  });
  post('ready');
}
