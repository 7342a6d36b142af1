import type { Logger } from 'pino';
import type { DeliveryEvent } from '../tracking/delivery/scheduler.ts';

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
 * Writes one line for each try to deliver a training. The line has the code of the reason and not its sentence, because
 * the sentence contains names that the client chose; `GET /deliveries/<id>` shows the sentence.
 */
export function deliveryLog(logger: Logger): (event: DeliveryEvent) => void {
  return ({ is, id, runId, reason, cause, doubles, deleted }) => {
    const [level, says] = LINES[is];
    const code = reason?.code;
    const stack = code === OUR_FAULT && cause instanceof Error ? cause.stack : undefined;
    logger[level]({ delivery: id, run_id: runId, code, doubles, deleted, cause: stack }, says);
  };
}
