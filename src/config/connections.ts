import { z } from 'zod';
import { wholeNumber } from './kinds.ts';

export interface ConnectionsConfig {
  readonly max: number;
  /** How long the head of a request may take to come. */
  readonly headersTimeoutMs: number;
  /** How long a connection may be idle between two requests. */
  readonly keepAliveMs: number;
}

/** A process may have as many files open by default; most connections have none. */
const MAX = 1_024;
/** A head is one packet. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Node's own: an idle connection holds a place. */
const KEEP_ALIVE_MS = 5_000;

export const connectionsSettings = {
  CONNECTIONS_MAX: wholeNumber(1, 100_000).default(MAX),
  HEADERS_TIMEOUT_MS: wholeNumber(100, 3_600_000).default(HEADERS_TIMEOUT_MS),
  KEEP_ALIVE_MS: wholeNumber(1, 3_600_000).default(KEEP_ALIVE_MS),
};

const settings = z.object(connectionsSettings);

export function connectionsConfig(vars: z.output<typeof settings>): ConnectionsConfig {
  return {
    max: vars.CONNECTIONS_MAX,
    headersTimeoutMs: vars.HEADERS_TIMEOUT_MS,
    keepAliveMs: vars.KEEP_ALIVE_MS,
  };
}
