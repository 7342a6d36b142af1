import { type Request, type Response, Router } from 'express';
import type { Job } from '../../jobs/job.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { TrainingRooms } from '../../training/train.ts';
import type { PredictedPiece } from '../../values/filePrediction.ts';
import { onlyMethods } from '../methods.ts';
import { notes } from '../notes.ts';
import { problemText } from '../problem.ts';
import type { UploadOptions } from '../upload/upload.ts';
import { filePieces } from './filePieces.ts';
import type { ScoringOptions, ScoringRooms } from './invocationsRoute.ts';
import { asMlflowError, withMlflowKeys } from './mlflowError.ts';
import { COMMON, checkQuery, flag, modelOf, oneOf } from './query.ts';
import { FileReceiver, removeFile } from './receiveFile.ts';
import { tellAge } from './score.ts';

const CSV_TYPE = 'text/csv; charset=utf-8';
/** Names the error if the answer breaks off. It is a trailer, because the status is sent before the error is known. */
const ERROR_TRAILER = 'Trainpost-Error';

interface PredictRooms extends Pick<ScoringRooms, 'models'> {
  readonly jobs: Pick<Jobs, 'follow'>;
  readonly engine: Pick<TrainingRooms['engine'], 'predict'>;
}

/** `POST /predict`: answers a CSV with the same CSV and its predictions, row by row and in constant memory. */
export function predictRoute(
  { models, engine, jobs }: PredictRooms,
  options: ScoringOptions,
  uploads: UploadOptions,
): Router {
  const receiver = new FileReceiver(uploads);
  const router = Router();
  router
    .route('/predict')
    .post(async (request, response) => {
      const { query } = request;
      checkQuery(query, [...COMMON, 'on_error']);
      const explain = flag(query, 'explain');
      const marksBad = oneOf(query, 'on_error', ['fail', 'null'], 'fail') === 'null';
      const uri = modelOf(query, options.modelUri);
      // Before the upload, so that a wrong name costs no upload.
      const ready = await models.load(uri);
      const path = await receiver.receive(request, response);
      const { description: model } = ready.model;
      const bytesMax = uploads.fileBytesMax;
      let isWhole = false;
      try {
        tellAge(ready, response);
        isWhole = await jobs.follow('predict', async ({ id, watch }) => {
          const rows = engine.predict(filePieces(path, bytesMax, watch), { model, explain, marksBad });
          await send(rows, { id, watch }, request, response);
          return true;
        });
      } catch (error) {
        if (!response.headersSent) throw error;
        breakOff(error, request, response);
      } finally {
        await removeFile(path);
      }
      // The file is removed before the client has the whole answer.
      if (isWhole) response.end();
    })
    .all(onlyMethods('POST'));
  router.use('/predict', asMlflowError);
  return router;
}

/**
 * Sends the pieces as fast as the client reads them, and leaves the answer open. A client that disconnects cancels the job.
 * @throws CancelledError once the job is cancelled, even if a thread or the client is at a piece for long
 */
async function send(
  pieces: AsyncIterable<PredictedPiece>,
  { id, watch }: Pick<Job, 'id' | 'watch'>,
  request: Request,
  response: Response,
): Promise<void> {
  const leave = () => watch.cancel();
  if (response.destroyed) leave();
  response.once('close', leave);
  const each = pieces[Symbol.asyncIterator]();
  let allRows = 0;
  try {
    for (;;) {
      watch.throwIfCancelled();
      const { done, value } = await watch.orCancelled(each.next());
      if (done === true) return;
      const { bytes, rows } = value;
      if (bytes.length === 0) continue;
      if (!response.headersSent) beginAnswer(id, request, response);
      allRows += rows;
      notes(response).rows = allRows;
      watch.foundRows(allRows);
      // The bytes are written over as soon as the next piece is asked for.
      await watch.orCancelled(new Promise<unknown>((resolve) => response.write(bytes, resolve)));
    }
  } finally {
    response.off('close', leave);
    // Lets go of the file and the thread, once the thread is done with its piece.
    each.return?.().catch(() => undefined);
  }
}

function beginAnswer(id: string, request: Request, response: Response): void {
  response.status(200).set({ 'Content-Type': CSV_TYPE, 'Job-Id': id });
  // HTTP/1.0 has no trailers.
  if (request.httpVersion !== '1.0') response.set('Trailer', ERROR_TRAILER);
}

/**
 * Ends an answer that has begun so that no client takes it for whole. The last chunk and the trailer are sent without the
 * empty line behind them, and the connection is closed. A client with HTTP/1.0 sees that the connection is reset.
 */
function breakOff(cause: unknown, request: Request, response: Response): void {
  const error = withMlflowKeys(cause);
  const text = problemText(error, request.path);
  notes(response).code = error.code;
  if (error.status >= 500)
    notes(response).cause = (cause instanceof Error ? cause.stack : undefined) ?? String(cause);
  const { socket } = response;
  if (socket === null) return;
  if (request.httpVersion === '1.0') {
    socket.resetAndDestroy();
    return;
  }
  // Characters beyond ASCII cannot stand in a header.
  const ascii = text.replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  response.write('', () => socket.end(`0\r\n${ERROR_TRAILER}: ${ascii}\r\n`, () => socket.destroy()));
}
