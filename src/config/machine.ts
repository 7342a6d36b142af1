import { availableParallelism, totalmem } from 'node:os';

/** Below 32 MiB there is no room for one table of a thousand columns. */
export const MEMORY_BYTES_MIN = 1 << 25;
/** The other half is for the heaps of the threads, for uploads that arrive, and for the system. */
const TABLES_SHARE = 1 / 2;

/** The bytes that the process may use: the limit of its container, but never more than the machine has. */
export function usableBytes(constrained = process.constrainedMemory(), total = totalmem()): number {
  // 0, and numbers beyond any machine, mean that there is no limit.
  return constrained > 0 ? Math.min(constrained, total) : total;
}

/** Bytes for the tables of all trainings. */
export const TABLE_BYTES = Math.max(MEMORY_BYTES_MIN, Math.floor(usableBytes() * TABLES_SHARE));

/** The heap of a thread holds texts and summaries of a table; a heap of 1 GiB means that something has gone wrong. */
const HEAP_BYTES_MAX = 1 << 30;
export const HEAP_BYTES = Math.min(HEAP_BYTES_MAX, TABLE_BYTES);

/** One core is left to the event loop. */
export const THREADS = Math.max(1, availableParallelism() - 1);
