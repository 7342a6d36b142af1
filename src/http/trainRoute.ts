import { type Request, type RequestHandler, type Response, Router } from 'express';
import { type TrainingRooms, train } from '../training/train.ts';
import { type FormBody, readForm, refuseQuery } from './form.ts';
import { onlyMethods } from './methods.ts';
import { trainAnswer } from './trainAnswer.ts';
import { removeUpload, requireFile, type UploadOptions, upload } from './upload.ts';

/** `POST /train`: multipart form in, the original's four numbers and the rest of the result out. */
export function trainRoute(rooms: TrainingRooms, options: UploadOptions): Router {
  const router = Router();
  router
    .route('/train')
    .post(begin, upload(options), (request, response) => answerTraining(request, response, rooms))
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

async function answerTraining(request: Request, response: Response, rooms: TrainingRooms): Promise<void> {
  const uploadedAt = performance.now();
  const startedAt = response.locals['startedAt'] as number;
  const receivedAt = new Date();
  try {
    const fields = readForm(request.body as FormBody);
    const file = requireFile(request.file);
    const trained = await train({ fields, path: file.path, fileName: file.originalname, receivedAt }, rooms);
    response.locals['rows'] = trained.fitted.dataset.rows;
    response.locals['runId'] = trained.logged.runId;
    response.set('Run-Id', trained.logged.runId);
    response.json(
      trainAnswer(trained, { upload: uploadedAt - startedAt, total: performance.now() - startedAt }),
    );
  } finally {
    await removeUpload(request.file);
  }
}
