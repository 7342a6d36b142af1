import { type Request, type Response, Router } from 'express';
import type { Jobs } from '../../jobs/jobs.ts';
import type { Metrics } from '../../observability/metrics.ts';
import { type FormBody, parseFields } from '../../training/fields/parse.ts';
import { TRAIN_FORM } from '../../training/fields/table.ts';
import { dryRun, type Keep, type Trained, type TrainingRooms, train } from '../../training/train.ts';
import type { Kept } from '../../values/delivery.ts';
import { onlyMethods } from '../methods.ts';
import { notes } from '../notes.ts';
import { countUpload } from '../routes/metricsRoute.ts';
import { shownName } from '../upload/fileName.ts';
import { filesOf, removeUploads, requireFiles, type UploadPlaces, upload } from '../upload/upload.ts';
import { dryRunAnswer } from './dryRunAnswer.ts';
import { type Head, readHead } from './head.ts';
import { fingerprint } from './idempotency.ts';
import type { AnswerWait } from './prefer.ts';
import { sendOutcome } from './sendOutcome.ts';
import { submitAndWait } from './submitAndWait.ts';
import { gateOf, keptAnswer, trainAnswer } from './trainAnswer.ts';

/** `POST /train`: accepts a form, and responds with the original's four numbers and more, or with a dry run's report. */
export function trainRoute(
  rooms: TrainingRooms,
  jobs: Jobs,
  options: UploadPlaces,
  wait: AnswerWait,
  metrics: Metrics,
): Router {
  const heads = new WeakMap<Request, Head>();
  const router = Router();
  router
    .route('/train')
    .post(
      readHead(jobs, TRAIN_FORM, heads),
      countUpload(metrics),
      upload(options, TRAIN_FORM, () => rooms.engine.receive()),
      (request, response) =>
        answer(request, response, { head: heads.get(request) as Head, jobs, rooms, wait }),
    )
    .all(onlyMethods('POST'));
  return router;
}

const ANSWERS = {
  answerOf: trainAnswer,
  gateOf,
  ifGateFails: 'so no version is registered, and the alias stays',
};

interface Context {
  readonly head: Head;
  readonly jobs: Jobs;
  readonly rooms: TrainingRooms;
  readonly wait: AnswerWait;
}

async function answer(request: Request, response: Response, context: Context): Promise<void> {
  const { head, rooms } = context;
  const uploadedAt = performance.now();
  const receivedAt = new Date();
  const clock = () => ({
    upload: uploadedAt - head.startedAt,
    total: performance.now() - head.startedAt,
  });
  const files = filesOf(request);
  let send: () => void;
  try {
    const fields = parseFields(request.body as FormBody, files.test !== undefined);
    const { train: trainFile, test } = requireFiles(files);
    const { path, intake, originalname } = trainFile;
    const training = {
      fields,
      source: { path, intake, ...(test && { test }), release: () => removeUploads(files) },
      fileName: shownName(originalname),
      ...(test && { testFileName: shownName(test.originalname) }),
      receivedAt,
    };
    if (fields.mode.dryRun) {
      const report = await dryRun(training, rooms);
      notes(response).rows = report.rows;
      send = () => void response.json(dryRunAnswer(report, clock()));
    } else {
      const key = head.keyDigest && {
        digest: head.keyDigest,
        fingerprint: fingerprint(fields, trainFile.sha256 ?? '', test && (test.sha256 ?? '')),
      };
      const submission = {
        work: (kept: Pick<Kept, 'key'>) => {
          const keep: Keep = (result, run, found) => ({
            answer: keptAnswer(result, run, { ...found, clock: clock() }),
            ...kept,
          });
          return train(training, rooms, keep);
        },
        measuredOf: ({ result: { data, stages } }: Trained) => ({ rows: data.rows, stages }),
        uploadMs: uploadedAt - head.startedAt,
        release: () => training.source.release(),
        ...(key && { key }),
      };
      const outcome = await submitAndWait(submission, response, context);
      send = () => sendOutcome(outcome, head.preferences, response, ANSWERS);
    }
  } finally {
    // The files are removed before the client gets the response.
    await removeUploads(files);
  }
  send();
}
