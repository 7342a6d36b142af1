import { z } from 'zod';
import { wholeNumber } from './kinds.ts';

export interface AnswersConfig {
  /** How long an answer waits for its run to be FINISHED in MLflow, in milliseconds; after it the answer is 202. */
  readonly waitMs: number;
  /** The most that a caller may ask for with `Prefer: wait`. */
  readonly waitMaxMs: number;
  /** How long what is under way may take to end after a signal. */
  readonly graceMs: number;
}

/** Ten times what MLflow takes on a bad day, and less than what proxies and CI jobs wait for a first byte. */
const WAIT_MS = 20_000;
/** A connection that is silent for longer is likely to be cut by something between. */
const WAIT_MAX_MS = 300_000;
/** What Kubernetes and Docker Compose's users commonly give a process before they kill it. */
const GRACE_MS = 30_000;

export const answersSettings = {
  MLFLOW_WAIT_MS: wholeNumber(0, 3_600_000).default(WAIT_MS),
  MLFLOW_WAIT_MAX_MS: wholeNumber(0, 3_600_000).default(WAIT_MAX_MS),
  SHUTDOWN_GRACE_MS: wholeNumber(100, 3_600_000).default(GRACE_MS),
};

const settings = z.object(answersSettings);

export function answersConfig(vars: z.output<typeof settings>): AnswersConfig {
  return {
    waitMs: vars.MLFLOW_WAIT_MS,
    waitMaxMs: vars.MLFLOW_WAIT_MAX_MS,
    graceMs: vars.SHUTDOWN_GRACE_MS,
  };
}
