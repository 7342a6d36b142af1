import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { MemoryBudget, MemoryFullError, PAGE_BYTES } from '../../src/kernels/memoryBudget.ts';
import { ensureBytes, pagesOf, sharedMemory } from '../../src/kernels/module.ts';

/** Calls a function, and returns what it throws. */
function thrown(call: () => void): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('MemoryBudget', () => {
  it('promises as many pages as it has, and no more', () => {
    const budget = MemoryBudget.of(10 * PAGE_BYTES + 1);
    budget.take(4, 0);
    budget.take(6, 4);
    expect(budget.promisedBytes).toBe(10 * PAGE_BYTES);
    expect(budget.tryTake(1)).toBe(false);
    expect(budget.promisedBytes).toBe(10 * PAGE_BYTES);
    budget.giveBack(1);
    expect(budget.tryTake(1)).toBe(true);
  });

  it.each([
    ['others hold the rest', 6, 2, { isAlone: false, limit: 10, actual: 13 }],
    ['no training could have so much', 6, 5, { isAlone: true, limit: 10, actual: 11 }],
  ])('says why it refuses: %s', (_name, pages, own, { isAlone, limit, actual }) => {
    const budget = MemoryBudget.of(10 * PAGE_BYTES);
    budget.take(7, 0);
    const error = thrown(() => budget.take(pages, own));
    expect(error).toBeInstanceOf(MemoryFullError);
    expect(error).toMatchObject({ isAlone, limit: limit * PAGE_BYTES, actual: actual * PAGE_BYTES });
  });

  it('is the same budget on every thread', async () => {
    const budget = MemoryBudget.of(1_000 * PAGE_BYTES);
    const count = `const { workerData, parentPort } = require('node:worker_threads');
      const words = new Int32Array(workerData);
      for (let i = 0; i < 100; i++) Atomics.add(words, 1, 1);`;
    const workers = [1, 2, 3].map(() => new Worker(count, { eval: true, workerData: budget.words }));
    await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))));
    expect(budget.promisedBytes).toBe(300 * PAGE_BYTES);
    expect(new MemoryBudget(budget.words).promisedBytes).toBe(300 * PAGE_BYTES);
  });
});

describe('a memory of another thread', () => {
  /** Grows a memory on another thread, because a thread has one budget for all its memories. */
  const grown = async (budgetPages: number, pages: number, memory = sharedMemory()) => {
    const { port1, port2 } = new MessageChannel();
    const thread = new Worker(new URL('../support/growingThread.mjs', import.meta.url), {
      workerData: {
        words: MemoryBudget.of(budgetPages * PAGE_BYTES).words,
        memory,
        pages,
        port: port2,
      },
      transferList: [port2],
    });
    try {
      const [outcome] = await once(port1, 'message');
      return outcome as { pages: number; promised: number; error?: object };
    } finally {
      port1.close();
      await thread.terminate();
    }
  };

  it.each([
    ['a quarter more than is needed, while the budget allows', 100, 9, { pages: 9, promised: 8 }],
    ['only what is needed, if the budget allows no more', 8, 9, { pages: 9, promised: 8 }],
  ])('takes %s', async (_name, budget, pages, outcome) => {
    expect(await grown(budget, pages)).toEqual(outcome);
  });

  it('has the same length on this thread', async () => {
    const memory = sharedMemory();
    expect(pagesOf(memory)).toBe(1);
    await grown(100, 9, memory);
    expect(pagesOf(memory)).toBe(9);
    await grown(100, 12, memory);
    expect(pagesOf(memory)).toBe(12);
  });

  it('takes nothing if it would need one page too many', async () => {
    const limit = 7 * PAGE_BYTES;
    expect(await grown(7, 9)).toMatchObject({
      pages: 1,
      promised: 0,
      error: { isAlone: true, limit, actual: 9 * PAGE_BYTES },
    });
  });
});

describe('a memory', () => {
  it('reaches 4 GiB and no more, and reports the limit with a typed error', () => {
    const memory = sharedMemory();
    const most = 65_536 * PAGE_BYTES;
    expect(thrown(() => ensureBytes(memory, most + 1))).toMatchObject({
      isAlone: true,
      limit: most,
      actual: most + 1,
    });
    expect(pagesOf(memory)).toBe(1);
  });
});
