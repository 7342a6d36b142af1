import { type Request, type Response, Router } from 'express';
import type { Job } from '../../jobs/job.ts';
import type { StoredJob } from '../../jobs/jobStore.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { Metrics } from '../../observability/metrics.ts';
import { type FormBody, parseFields } from '../../training/fields/parse.ts';
import { TRAIN_FORM } from '../../training/fields/table.ts';
import { takeIn } from '../../training/takeIn.ts';
import {
  checkTraining,
  dryRun,
  type Keep,
  type Trained,
  type TrainingRooms,
  type TrainRequest,
  train,
} from '../../training/train.ts';
import type { DeliveryView, Kept } from '../../values/delivery.ts';
import { sendAnswer } from '../answers/sendAnswer.ts';
import {
  pathsOf,
  READ_LATER,
  type Sending,
  sending,
  sendResult,
  submitLater,
  ticketOf,
} from '../jobs/submitLater.ts';
import { onlyMethods } from '../methods.ts';
import { notes } from '../notes.ts';
import { countUpload } from '../routes/metricsRoute.ts';
import { shownName } from '../upload/fileName.ts';
import {
  type FormFiles,
  filesOf,
  removeUploads,
  requireFiles,
  type UploadPlaces,
  upload,
} from '../upload/upload.ts';
import { dryRunAnswer } from './dryRunAnswer.ts';
import { type Head, readHead } from './head.ts';
import { fingerprint } from './idempotency.ts';
import { type AnswerWait, readPreferences } from './prefer.ts';
import { submitAndWait } from './submitAndWait.ts';
import type { RouteClock } from './timing.ts';
import { gateOf, keptAnswer } from './trainAnswer.ts';
import { dryRunForms, trainForms } from './trainForms.ts';

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
      upload(options, TRAIN_FORM, (headers) =>
        readPreferences(headers).respondAsync ? READ_LATER : rooms.engine.receive(),
      ),
      (request, response) =>
        answer(request, response, { head: heads.get(request) as Head, jobs, rooms, wait }),
    )
    .all(onlyMethods('POST'));
  return router;
}

const ANSWERS = { gateOf, ifGateFails: 'so no version is registered, and the alias stays' };

interface Context {
  readonly head: Head;
  readonly jobs: Jobs;
  readonly rooms: TrainingRooms;
  readonly wait: AnswerWait;
}

/** A form that has arrived whole. */
interface Posted {
  readonly training: Omit<TrainRequest, 'id' | 'watch'>;
  readonly key: Kept['key'];
  readonly body: FormBody;
  readonly files: FormFiles;
  /** Milliseconds that the upload took. */
  readonly uploadMs: number;
  readonly clock: () => RouteClock;
}

type Send = () => Promise<void>;

async function answer(request: Request, response: Response, context: Context): Promise<void> {
  const { head } = context;
  const files = filesOf(request);
  let send: Send;
  let goesOn = false;
  try {
    const posted = readForm(request, files, head);
    const { training } = posted;
    if (training.fields.mode.dryRun) send = await answerDry(posted, response, context);
    else if (head.preferences.respondAsync) send = await trainLater(posted, response, context);
    else ({ send, goesOn } = await trainNow(posted, response, context));
  } finally {
    // The files are removed before the client gets the response, unless the training needs them longer.
    if (!goesOn) await removeUploads(files);
  }
  await send();
}

function readForm({ body }: Request, files: FormFiles, { startedAt, keyDigest }: Head): Posted {
  const uploadMs = performance.now() - startedAt;
  const receivedAt = new Date();
  const fields = parseFields(body as FormBody, files.test !== undefined);
  const { train: trainFile, test } = requireFiles(files);
  const { path, intake, originalname } = trainFile;
  const training = {
    fields,
    source: { path, intake, ...(test && { test }), release: () => removeUploads(files) },
    fileName: shownName(originalname),
    ...(test && { testFileName: shownName(test.originalname) }),
    receivedAt,
  };
  return {
    training,
    key:
      keyDigest === undefined
        ? undefined
        : {
            digest: keyDigest,
            fingerprint: fingerprint(fields, trainFile.sha256 ?? '', test && (test.sha256 ?? '')),
          },
    body: body as FormBody,
    files,
    uploadMs,
    clock: () => ({ upload: uploadMs, total: performance.now() - startedAt }),
  };
}

async function answerDry({ training, clock }: Posted, response: Response, context: Context): Promise<Send> {
  const { head, rooms, jobs } = context;
  const report = await jobs.follow('train', async ({ id, watch }) => {
    const isRead = !head.preferences.respondAsync;
    const source = isRead ? training.source : await takeIn(rooms.engine, training.source, watch);
    return await dryRun({ ...training, source, id, watch }, rooms).finally(() => source.release());
  });
  notes(response).rows = report.rows;
  const { experimentName } = training.fields.names;
  return () => sendAnswer(response, dryRunForms(dryRunAnswer(report, clock()), experimentName));
}

async function trainLater(posted: Posted, response: Response, context: Context): Promise<Send> {
  await checkTraining(posted.training, context.rooms);
  const later = await submitLater(storedOf(posted), response, context);
  return () => sendResult(later, context.head, response, { ...ANSWERS, answerOf: trainForms });
}

/** What another process needs to do the training. */
function storedOf({ training, key, body, files, uploadMs }: Posted): Pick<StoredJob, 'ticket' | 'files'> {
  const { fileName, testFileName, receivedAt } = training;
  const fileNames = { train: fileName, ...(testFileName !== undefined && { test: testFileName }) };
  const ticket = ticketOf('train', { body, fileNames, uploadMs, ...(key && { key }) }, receivedAt);
  return { ticket, files: pathsOf(files) };
}

async function trainNow(posted: Posted, response: Response, context: Context): Promise<Sending> {
  const { training, key, uploadMs, clock } = posted;
  let reportText: string | undefined;
  const submission = {
    kind: 'train' as const,
    work: (kept: Pick<Kept, 'key'>, { id, watch }: Job) => {
      const keep: Keep = (result, run, found) => {
        reportText = run.files?.find(({ path }) => path === 'report.json')?.text;
        return { answer: keptAnswer(result, run, { ...found, clock: clock() }), ...kept };
      };
      return train({ ...training, id, watch }, context.rooms, keep);
    },
    measuredOf: ({ result: { data, stages } }: Trained) => ({ rows: data.rows, stages }),
    uploadMs,
    posted: storedOf(posted),
    release: () => training.source.release(),
    ...(key && { key }),
  };
  const result = await submitAndWait(submission, response, context);
  const answerOf = (view: DeliveryView, path: string) => ({
    ...trainForms(view, path),
    ...(reportText !== undefined && { report: reportText }),
  });
  return sending(result, context.head, response, { ...ANSWERS, answerOf });
}
