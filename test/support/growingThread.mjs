// A thread that grows the memory of another thread, and reports the result.
import { workerData } from 'node:worker_threads';
import { MemoryBudget, PAGE_BYTES } from '../../dist/kernels/memoryBudget.js';
import { ensureBytes, pagesOf, useBudget } from '../../dist/kernels/module.js';

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
