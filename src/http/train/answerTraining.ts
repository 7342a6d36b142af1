import type { Response } from 'express';
import { TrackingRefusedError } from '../../errors.ts';
import { loggedWithin } from '../../training/deliveryPort.ts';
import { type TrainingRooms, type TrainRequest, train } from '../../training/train.ts';
import type { DeliveryView, Kept } from '../../values/delivery.ts';
import type { LoggedRun } from '../../values/run.ts';
import { deliveryLink } from '../routes/deliveryAnswer.ts';
import { fingerprint, keyReused } from './idempotency.ts';
import { type Preferences, preferenceApplied, waitMsOf } from './prefer.ts';
import { keptAnswer, logMsOf, trainAnswer } from './trainAnswer.ts';

/** How long an answer waits for MLflow, in milliseconds: as a rule, and at most when a caller asks for it. */
export interface AnswerWait {
  readonly defaultMs: number;
  readonly maxMs: number;
}

/** What is known of a request by its headers. */
export interface Begun {
  readonly startedAt: number;
  readonly preferences: Preferences;
  readonly keyDigest?: string;
  /** Lets the `Idempotency-Key` go. */
  readonly letGo: () => void;
}

/** What is known of it once its form is read. */
export interface Posted {
  readonly begun: Begun;
  readonly asked: TrainRequest;
  /** Of the file. */
  readonly sha256: string;
  /** What the route itself measured, in milliseconds. */
  readonly clock: () => { readonly upload: number; readonly total: number };
  /** Lets go of the upload and the memory of its table. */
  readonly discard: () => Promise<void>;
}

/** A training that was accepted, as it is answered for. */
export interface Outcome {
  readonly view: DeliveryView;
  /** How long the answer might have waited for MLflow. */
  readonly waitMs: number;
  /** Whether an earlier request with the same key was the training. */
  readonly isReplayed: boolean;
}

/**
 * Trains, and waits for MLflow as long as the caller or the service wants to. A key that was used before stands for the
 * training that it was used for.
 */
export async function trainOnce(
  posted: Posted,
  response: Response,
  rooms: TrainingRooms,
  wait: AnswerWait,
): Promise<Outcome> {
  const { preferences, keyDigest, letGo } = posted.begun;
  const waitMs = waitMsOf(preferences, wait);
  // From here on the training has the key, whether its caller stays or not.
  response.off('close', letGo);
  try {
    const key =
      keyDigest === undefined
        ? undefined
        : { digest: keyDigest, fingerprint: fingerprint(posted.asked.fields, posted.sha256) };
    const known = key && (await rooms.deliveries.findByKey(key.digest));
    // Of a damaged record it is not known what it stood for, and that is what its answer says.
    if (known?.key && known.key.fingerprint !== key?.fingerprint) throw keyReused();
    const begun = known
      ? { view: known, logged: rooms.deliveries.logged(known.id) }
      : await accept(posted, key, response, rooms);
    const view = await settle(begun, posted, response, rooms, waitMs);
    return { view, waitMs, isReplayed: known !== undefined };
  } finally {
    // Before the answer, for whoever has it may ask again.
    letGo();
  }
}

/** A training that was accepted: how far it is, and its run where that is still to come. */
interface OnItsWay {
  readonly view: DeliveryView;
  readonly logged: Promise<LoggedRun> | undefined;
}

async function accept(
  { asked, clock }: Posted,
  key: Kept['key'],
  response: Response,
  rooms: TrainingRooms,
): Promise<OnItsWay> {
  const { result, run, kept, accepted } = await train(asked, rooms, (result, run) => ({
    answer: keptAnswer(result, run, clock()),
    ...(key && { key }),
  }));
  response.locals['rows'] = result.data.rows;
  const stages = result.stages.map(({ name, ms }) => [name, ms] as const);
  response.locals['stagesMs'] = { upload: clock().upload, ...Object.fromEntries(stages) };
  const { experimentName, runName } = run;
  const { id, logged } = accepted;
  const view = { id, state: 'pending', acceptedAtMs: Date.now(), attempts: 0 } as const;
  return { view: { ...view, experimentName, runName, ...kept }, logged };
}

/** Waits for MLflow. What came of it, refusals too, is read from the record, so that each answer is the same. */
async function settle(
  { view, logged }: OnItsWay,
  { discard }: Posted,
  response: Response,
  rooms: TrainingRooms,
  waitMs: number,
): Promise<DeliveryView> {
  const enough = [callerGone(response), rooms.underWay.hurried];
  const isOver =
    logged &&
    loggedWithin(logged, waitMs, enough).then(
      (run) => run !== undefined,
      () => true,
    );
  const [hasEnded] = await Promise.all([isOver, discard()]);
  if (!hasEnded) return view;
  const ended = await rooms.deliveries.find(view.id);
  if (ended === undefined) throw new Error(`the delivery ${view.id} is gone`);
  const logMs = logMsOf(ended);
  const { stagesMs } = response.locals;
  // Of a repeated request nothing was computed.
  if (stagesMs !== undefined && logMs !== undefined) stagesMs.log = logMs;
  return ended;
}

/** Whoever has hung up waits for nothing; the delivery goes on. */
function callerGone(response: Response): AbortSignal {
  const gone = new AbortController();
  // An answer that was sent closes it too. Without a reason an error would be made for each, with its stack.
  const end = () => gone.abort('closed');
  if (response.destroyed) end();
  else response.once('close', end);
  return gone.signal;
}

/**
 * Answers 200 where the run is FINISHED in MLflow, 202 where it is still to be delivered.
 * @throws TrackingRefusedError where MLflow refused it for good
 */
export function sendOutcome(
  { view, waitMs, isReplayed }: Outcome,
  preferences: Preferences,
  response: Response,
): void {
  const isPending = view.state === 'pending';
  response.locals['deliveryId'] = view.id;
  if (isReplayed) response.set('Idempotency-Replayed', 'true');
  if (view.state === 'dead') throw refusal(view);
  const applied = preferenceApplied(preferences, { waitMs, isPending });
  if (applied !== undefined) response.set('Preference-Applied', applied);
  if (view.logged !== undefined) {
    response.locals['runId'] = view.logged.runId;
    response.set('Run-Id', view.logged.runId);
  }
  if (isPending) response.status(202).location(deliveryLink(view.id).url);
  response.json(trainAnswer(view));
}

function refusal({ id, lastError }: DeliveryView): TrackingRefusedError {
  const { code, message, details } = lastError ?? {
    code: 'mlflow_refused',
    message: 'MLflow refused the run.',
  };
  return new TrackingRefusedError(code, message, { ...details, deliveryId: id });
}
