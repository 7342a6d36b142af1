import { totalmem } from 'node:os';
import { z } from 'zod';
import { wholeNumber } from './kinds.ts';

export interface MemoryConfig {
  /** What all tables under way may take together. */
  readonly bytesMax: number;
  /** What a thread may have on its own heap, beside the tables. */
  readonly heapBytesMax: number;
}

/** Half of what the process may use: the rest is for the threads' heaps, uploads on their way and the system. */
const SHARE = 1 / 2;
/** Below it there is no room for one table of a thousand columns. */
const BYTES_MIN = 1 << 25;
/** A thread's heap holds texts and what is found out of a table; a gigabyte of it means that something has gone wrong. */
const HEAP_BYTES_MAX = 1 << 30;

/** What the process may use: what its container says, where it has one, and no more than the machine has. */
export function usableBytes(constrained = process.constrainedMemory(), total = totalmem()): number {
  // 0, and numbers beyond any machine, stand for no bound.
  return constrained > 0 ? Math.min(constrained, total) : total;
}

const BYTES_MAX = Math.max(BYTES_MIN, Math.floor(usableBytes() * SHARE));

export const memorySettings = {
  MEMORY_BYTES_MAX: wholeNumber(BYTES_MIN, 100_000_000_000_000).default(BYTES_MAX),
  THREAD_HEAP_BYTES_MAX: wholeNumber(BYTES_MIN, 100_000_000_000).default(Math.min(HEAP_BYTES_MAX, BYTES_MAX)),
};

const settings = z.object(memorySettings);

export function memoryConfig(vars: z.output<typeof settings>): MemoryConfig {
  return { bytesMax: vars.MEMORY_BYTES_MAX, heapBytesMax: vars.THREAD_HEAP_BYTES_MAX };
}
