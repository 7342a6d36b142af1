import type { Logger } from 'pino';
import type { DeliveryEvent } from '../tracking/delivery/deliveryEvent.ts';

const LINES = {
  delivered: ['info', 'delivered to MLflow'],
  dead: ['error', 'refused by MLflow for good: POST /deliveries/<id>/retry delivers it again'],
  retried: ['warn', 'not delivered yet, and tried again'],
  left_alone: ['error', 'not delivered: the record has a version that is unknown here, and is left as it is'],
  doubles_removed: ['warn', 'removed doubles of a run from MLflow'],
} as const;
/** A fault of trainpost: the log needs the stack. With any other code, the code and the sentence say enough. */
const OUR_FAULT = 'internal_error';

/**
 * Writes one line for each try to deliver a training. If the try failed, the line has the code of the reason, and the reason
 * without names that a client chose. `GET /deliveries/<id>` shows the whole sentence.
 */
export function deliveryLog(logger: Logger): (event: DeliveryEvent) => void {
  return ({ is, id, runId, reason, cause, doubles, deleted }) => {
    const [level, line] = LINES[is];
    const code = reason?.code;
    const says = reason && (reason.details?.openMessage ?? reason.message);
    const stack = code === OUR_FAULT && cause instanceof Error ? cause.stack : undefined;
    logger[level]({ delivery: id, run_id: runId, code, reason: says, doubles, deleted, cause: stack }, line);
  };
}
