// A thread that grows the memory of another thread, and reports the result.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { MemoryBudget, PAGE_BYTES } = await import('../../src/kernels/memoryBudget.ts');
const { ensureBytes, pagesOf, useBudget } = await import('../../src/kernels/module.ts');
const { words, memory, pages, port } = workerData;
const budget = new MemoryBudget(words);
useBudget(budget);
let refusal = {};
try {
  ensureBytes(memory, pages * PAGE_BYTES);
} catch ({ isAlone, limit, actual }) {
  refusal = { error: { isAlone, limit, actual } };
}
port.postMessage({ pages: pagesOf(memory), promised: budget.promisedBytes / PAGE_BYTES, ...refusal });
