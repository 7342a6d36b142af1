import type { Logger } from 'pino';
import type { DeliveryEvent } from '../tracking/delivery/scheduler.ts';

const LINES = {
  delivered: ['info', 'delivered to MLflow'],
  dead: ['error', 'refused by MLflow for good: POST /deliveries/<id>/retry puts it back'],
  retried: ['warn', 'not delivered yet, and tried again'],
  left_alone: ['error', 'not delivered: the record has a version that is unknown here, and is left as it is'],
  doubles_removed: ['warn', 'doubles of a run were removed from MLflow'],
} as const;
/** A fault of ours; of anything else the code and the sentence say enough. */
const OUR_FAULT = 'internal_error';

/** One line for what became of a try to deliver a training. Not the reason's words, which have names of the caller's in them: `GET /deliveries/<id>` tells them. */
export function deliveryLog(logger: Logger): (event: DeliveryEvent) => void {
  return ({ is, id, runId, reason, cause, doubles, deleted }) => {
    const [level, says] = LINES[is];
    const code = reason?.code;
    const stack = code === OUR_FAULT && cause instanceof Error ? cause.stack : undefined;
    logger[level]({ delivery: id, run_id: runId, code, doubles, deleted, cause: stack }, says);
  };
}
