import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { wholeNumber } from './kinds.ts';

export interface TrainingConfig {
  readonly threads: number;
  /** Threads that read uploads and help with large fits. */
  readonly helpers: number;
  readonly waitingMax: number;
  readonly timeoutMs: number;
}

/** Trainings that may wait for a thread; one more is told to come back. */
const WAITING_MAX = 16;
/** Five minutes: a hundred times what a million rows take. */
const TIMEOUT_MS = 300_000;
/** A core is left to the event loop. */
const THREADS = Math.max(1, availableParallelism() - 1);

export const trainingSettings = {
  TRAINING_THREADS: wholeNumber(1, 256).default(THREADS),
  TRAINING_HELPERS: wholeNumber(1, 256).default(THREADS),
  TRAINING_TIMEOUT_MS: wholeNumber(100, 86_400_000).default(TIMEOUT_MS),
  TRAININGS_WAITING_MAX: wholeNumber(0, 100_000).default(WAITING_MAX),
};

const settings = z.object(trainingSettings);

export function trainingConfig(vars: z.output<typeof settings>): TrainingConfig {
  return {
    threads: vars.TRAINING_THREADS,
    helpers: vars.TRAINING_HELPERS,
    waitingMax: vars.TRAININGS_WAITING_MAX,
    timeoutMs: vars.TRAINING_TIMEOUT_MS,
  };
}
