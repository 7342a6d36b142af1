import { z } from 'zod';
import { wholeNumber } from './kinds.ts';

export interface DeliveryConfig {
  /** How long a create whose answer was lost may still land in MLflow, in milliseconds. */
  readonly quarantineMs: number;
  /** After how long what such a create may have doubled is looked for once more. */
  readonly recheckMs: number;
  /** Deliveries at once. */
  readonly atOnce: number;
}

/** Four times what a call may take by default. */
const QUARANTINE_MS = 120_000;
/** Far above what a proxy keeps a request for. */
const RECHECK_MS = 600_000;
/** MLflow on SQLite takes about six runs a second, however many come at once. */
const AT_ONCE = 2;

export const deliverySettings = {
  DELIVERY_QUARANTINE_MS: wholeNumber(0, 86_400_000).default(QUARANTINE_MS),
  DELIVERY_RECHECK_MS: wholeNumber(0, 86_400_000).default(RECHECK_MS),
  DELIVERIES_AT_ONCE: wholeNumber(1, 16).default(AT_ONCE),
};

const settings = z.object(deliverySettings);

export function deliveryConfig(vars: z.output<typeof settings>): DeliveryConfig {
  return {
    quarantineMs: vars.DELIVERY_QUARANTINE_MS,
    recheckMs: vars.DELIVERY_RECHECK_MS,
    atOnce: vars.DELIVERIES_AT_ONCE,
  };
}
