import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Metrics } from '../observability/metrics.ts';
import { dryRun, type TrainingRooms, type TrainRequest, train } from '../training/train.ts';
import { dryRunAnswer } from './dryRunAnswer.ts';
import { type FormBody, readForm, refuseQuery } from './form.ts';
import { onlyMethods } from './methods.ts';
import { countUpload } from './metricsRoute.ts';
import { trainAnswer } from './trainAnswer.ts';
import { removeUpload, requireFile, type UploadOptions, upload } from './upload.ts';

/** `POST /train`: multipart form in; the original's four numbers and the rest of the result out, or the report of a dry run. */
export function trainRoute(rooms: TrainingRooms, options: UploadOptions, metrics: Metrics): Router {
  const router = Router();
  router
    .route('/train')
    .post(
      begin,
      countUpload(metrics),
      upload(options, () => rooms.openReading()),
      (request, response) => answer(request, response, rooms),
    )
    .all(onlyMethods('POST'));
  return router;
}

/**
 * Starts the clock, and refuses what can be refused before a long upload. Not that there is no MLflow: a dry run needs
 * none, and `dry_run` may come behind the file. A training asks for it once the fields are known, and before it
 * computes; where MLflow is only starting, it may be up by then.
 */
const begin: RequestHandler = (request, response, next) => {
  response.locals['startedAt'] = performance.now();
  refuseQuery(request.query);
  next();
};

async function answer(request: Request, response: Response, rooms: TrainingRooms): Promise<void> {
  const uploadedAt = performance.now();
  const startedAt = response.locals['startedAt'] as number;
  const receivedAt = new Date();
  const clock = () => ({ upload: uploadedAt - startedAt, total: performance.now() - startedAt });
  try {
    const fields = readForm(request.body as FormBody);
    const { reading, path, originalname } = requireFile(request.file);
    const asked: TrainRequest = { fields, reading, path, fileName: originalname, receivedAt };
    if (fields.dryRun) await answerDryRun(asked, response, rooms, clock);
    else await answerTraining(asked, response, rooms, clock);
  } finally {
    await removeUpload(request.file);
  }
}

/** What the route itself measured, in milliseconds. */
type Clock = () => { readonly upload: number; readonly total: number };

async function answerTraining(asked: TrainRequest, response: Response, rooms: TrainingRooms, clock: Clock) {
  const trained = await train(asked, rooms);
  const { upload } = clock();
  response.locals['stagesMs'] = { upload, ...trained.fitted.timingMs, log: trained.logMs };
  response.locals['rows'] = trained.fitted.dataset.rows;
  response.locals['runId'] = trained.logged.runId;
  response.set('Run-Id', trained.logged.runId);
  response.json(trainAnswer(trained, clock()));
}

async function answerDryRun(asked: TrainRequest, response: Response, rooms: TrainingRooms, clock: Clock) {
  const report = await dryRun(asked, rooms);
  response.locals['rows'] = report.rows;
  response.json(dryRunAnswer(report, clock()));
}
