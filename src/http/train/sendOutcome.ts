import type { Response } from 'express';
import { TrackingRefusedError } from '../../errors.ts';
import type { DeliveryView } from '../../values/delivery.ts';
import type { Answer } from '../answers/answer.ts';
import { sendAnswer } from '../answers/sendAnswer.ts';
import { notes } from '../notes.ts';
import { HttpError, toHttp } from '../problem.ts';
import { deliveryLink } from '../routes/deliveryAnswer.ts';
import type { GateAnswer } from './gateAnswer.ts';
import { type Preferences, preferenceApplied } from './prefer.ts';

/** An accepted training or evaluation, and what its response needs to say. */
export interface Outcome {
  readonly view: DeliveryView;
  /** How long the response might have waited for MLflow. */
  readonly waitMs: number;
  /** Whether an earlier request with the same key started the work. */
  readonly isReplayed: boolean;
}

/** Makes the answer from a record, for the path of the request. */
type AnswerOf = (view: DeliveryView, path: string) => Answer;

/** How a route answers from a record. */
export interface Answers {
  readonly answerOf: AnswerOf;
  /** What came of the gates, if there are any. */
  readonly gateOf: (view: DeliveryView) => GateAnswer | undefined;
  /** What follows if a gate fails, as a part of a sentence. */
  readonly ifGateFails: string;
}

/**
 * Responds with 200 if the run is FINISHED in MLflow, with 202 if the delivery is pending.
 * @throws HttpError if MLflow rejected the run permanently, or if a gate failed
 */
export async function sendOutcome(
  { view, waitMs, isReplayed }: Outcome,
  preferences: Preferences,
  response: Response,
  { answerOf, gateOf, ifGateFails }: Answers,
): Promise<void> {
  const isPending = view.state === 'pending';
  notes(response).deliveryId = view.id;
  if (isReplayed) response.set('Idempotency-Replayed', 'true');
  const { path } = response.req;
  const gate = gateOf(view);
  response.set('X-Gate', gate?.state ?? 'none');
  if (view.state === 'dead') throw refusalOf(view, path, answerOf);
  const applied = preferenceApplied(preferences, { waitMs, isPending });
  if (applied !== undefined) response.set('Preference-Applied', applied);
  if (view.logged !== undefined) {
    notes(response).runId = view.logged.runId;
    response.set('Run-Id', view.logged.runId);
  }
  if (gate?.state === 'failed') throw gateFailure(gate, ifGateFails, answerOf(view, path));
  if (isPending) response.status(202).set('Location', deliveryLink(view.id, path).url);
  await sendAnswer(response, answerOf(view, path));
}

/** The problem, with everything that was computed. A damaged record has lost its answer. */
function refusalOf(view: DeliveryView, path: string, answerOf: AnswerOf): HttpError {
  const { code, message, details } = view.lastError ?? {
    code: 'mlflow_refused',
    message: 'MLflow refused the run.',
  };
  const refusal = toHttp(new TrackingRefusedError(code, message, { ...details, deliveryId: view.id }));
  return view.answer === undefined ? refusal : refusal.withAnswer(answerOf(view, path));
}

/** The problem, with all keys of a response. */
export function gateFailure({ gates }: GateAnswer, ifGateFails: string, answer: Answer): HttpError {
  const failed = gates.filter(({ state }) => state === 'failed').map(({ expression }) => expression);
  const which = failed.length === 1 ? 'A gate does not hold' : `${failed.length} gates do not hold`;
  const message = `${which}, ${ifGateFails}: ${failed.join('; ')}. The values are in gate.`;
  return new HttpError(422, 'gate_failed', message, { field: 'gate' }).withAnswer(answer);
}
