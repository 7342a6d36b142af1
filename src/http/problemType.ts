import type { ErrorDetails } from '../values/errorData.ts';
import type { DeliveryLink } from './routes/deliveryAnswer.ts';
import type { Directions } from './wayIn.ts';

/** RFC 9457, Problem Details for HTTP APIs. */
export interface Problem
  extends Omit<ErrorDetails, 'retryAfterS' | 'openMessage' | 'runId' | 'deliveryId'>,
    Partial<Directions> {
  /** A reference to the page that explains the code, relative to the address of the request. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The path of the request, if the request could be read. */
  readonly instance?: string;
  readonly code: string;
  readonly run_id?: string;
  readonly delivery?: DeliveryLink;
  /** MLflow's keys, which the routes for predictions add. */
  readonly error_code?: string;
  readonly message?: string;
  readonly sqlstate?: string;
  readonly error_class?: string;
}
