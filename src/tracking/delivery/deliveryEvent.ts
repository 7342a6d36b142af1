import type { ErrorData } from '../../values/errorData.ts';

/** How a try ended. */
export interface DeliveryEvent {
  readonly is: 'delivered' | 'dead' | 'retried' | 'left_alone' | 'doubles_removed';
  readonly id: string;
  readonly runId?: string;
  /** Why the try failed. */
  readonly reason?: ErrorData;
  /** The error that was thrown. */
  readonly cause?: unknown;
  readonly doubles?: number;
  /** Keys of the nodes whose runs somebody deleted, so that they are missing. */
  readonly deleted?: readonly string[];
}

/** Counts since the process began. */
export interface DeliveryCounts {
  readonly delivered: number;
  readonly dead: number;
  /** Tries that failed and were, or will be, followed by another. */
  readonly retried: number;
  readonly doublesRemoved: number;
  /** Under way at this moment. */
  readonly underWay: number;
}
