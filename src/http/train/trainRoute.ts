import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Metrics } from '../../observability/metrics.ts';
import { type FormBody, parseFields, refuseFieldsInQuery } from '../../training/fields/parse.ts';
import { dryRun, type TrainingRooms, type TrainRequest } from '../../training/train.ts';
import { onlyMethods } from '../methods.ts';
import { countUpload } from '../routes/metricsRoute.ts';
import { removeUpload, requireFile, type UploadOptions, upload } from '../upload/upload.ts';
import { type AnswerWait, type Begun, sendOutcome, trainOnce } from './answerTraining.ts';
import { dryRunAnswer } from './dryRunAnswer.ts';
import { KeysUnderWay, readKey } from './idempotency.ts';
import { readPreferences } from './prefer.ts';

/** `POST /train`: multipart form in; the original's four numbers and the rest of the result out, or the report of a dry run. */
export function trainRoute(
  rooms: TrainingRooms,
  options: UploadOptions,
  wait: AnswerWait,
  metrics: Metrics,
): Router {
  const router = Router();
  router
    .route('/train')
    .post(
      begin(new KeysUnderWay()),
      countUpload(metrics),
      upload(options, () => rooms.engine.receive()),
      (request, response) => answer(request, response, rooms, wait),
    )
    .all(onlyMethods('POST'));
  return router;
}

/**
 * Starts the clock, and refuses what can be refused before a long upload. Not that nothing could be kept, or that there
 * is no MLflow: a dry run needs neither, and `dry_run` may come behind the file. A training asks for it once the fields
 * are known, and before it computes.
 */
function begin(keys: KeysUnderWay): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    refuseFieldsInQuery(request.query);
    const digest = readKey(request);
    const letGo = digest === undefined ? () => undefined : keys.claim(digest);
    // For an upload that never becomes a training.
    response.once('close', letGo);
    response.locals['begun'] = {
      startedAt,
      preferences: readPreferences(request),
      ...(digest !== undefined && { keyDigest: digest }),
      letGo,
    } satisfies Begun;
    next();
  };
}

async function answer(request: Request, response: Response, rooms: TrainingRooms, wait: AnswerWait) {
  const uploadedAt = performance.now();
  const begun = response.locals['begun'] as Begun;
  const receivedAt = new Date();
  const clock = () => ({
    upload: uploadedAt - begun.startedAt,
    total: performance.now() - begun.startedAt,
  });
  let discarded: Promise<void> | undefined;
  // Whoever waits for MLflow has let go of it before.
  const discard = () => {
    discarded ??= removeUpload(request.file);
    return discarded;
  };
  let send: () => void;
  try {
    const fields = parseFields(request.body as FormBody);
    const { intake, path, originalname, sha256 = '' } = requireFile(request.file);
    const source = { path, intake };
    const asked: TrainRequest = { fields, source, fileName: originalname, receivedAt };
    if (fields.mode.dryRun) {
      const report = await dryRun(asked, rooms);
      response.locals['rows'] = report.rows;
      send = () => response.json(dryRunAnswer(report, clock()));
    } else {
      const posted = { begun, asked, sha256, clock, discard };
      const outcome = await trainOnce(posted, response, rooms, wait);
      send = () => sendOutcome(outcome, begun.preferences, response);
    }
  } finally {
    // Before the answer: what is told is done with.
    await discard();
  }
  send();
}
