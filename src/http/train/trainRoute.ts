import { type Request, type RequestHandler, type Response, Router } from 'express';
import { Jobs, type Submission } from '../../jobs/jobs.ts';
import type { Metrics } from '../../observability/metrics.ts';
import { type FormBody, parseFields } from '../../training/fields/parse.ts';
import { FIELD_NAMES } from '../../training/fields/table.ts';
import { dryRun, type Keep, type TrainingRooms } from '../../training/train.ts';
import type { DeliveryView } from '../../values/delivery.ts';
import type { Result } from '../../values/result.ts';
import { onlyMethods } from '../methods.ts';
import { notes } from '../notes.ts';
import { refuseUnknownParameters } from '../query.ts';
import { countUpload } from '../routes/metricsRoute.ts';
import { shownName } from '../upload/fileName.ts';
import { filesOf, removeUploads, requireFiles, type UploadOptions, upload } from '../upload/upload.ts';
import { dryRunAnswer } from './dryRunAnswer.ts';
import { fingerprint, keyInUse, readKey } from './idempotency.ts';
import { type AnswerWait, type Preferences, readPreferences, waitMsOf } from './prefer.ts';
import { type Outcome, sendTraining } from './sendTraining.ts';
import { keptAnswer, logMsOf } from './trainAnswer.ts';

/** What the headers of a request say, before its body arrives. */
interface Head {
  readonly startedAt: number;
  readonly preferences: Preferences;
  readonly keyDigest: string | undefined;
  /** Releases the `Idempotency-Key`. */
  readonly letGo: () => void;
}

/** `POST /train`: accepts a form, and responds with the original's four numbers and more, or with a dry run's report. */
export function trainRoute(
  rooms: TrainingRooms,
  options: UploadOptions,
  wait: AnswerWait,
  metrics: Metrics,
): Router {
  const jobs = new Jobs(rooms);
  const heads = new WeakMap<Request, Head>();
  const router = Router();
  router
    .route('/train')
    .post(
      readHead(jobs, heads),
      countUpload(metrics),
      upload(options, () => rooms.engine.receive()),
      (request, response) =>
        answer(request, response, { head: heads.get(request) as Head, jobs, rooms, wait }),
    )
    .all(onlyMethods('POST'));
  return router;
}

/**
 * Reads the headers, and rejects what can be rejected before a long upload. The route checks later whether MLflow is there
 * and whether a training can be kept: a dry run needs neither, and `dry_run` may follow the file.
 */
function readHead(jobs: Jobs, heads: WeakMap<Request, Head>): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const [field] = Object.keys(request.query);
    const example = field !== undefined && FIELD_NAMES.includes(field) ? field : 'name';
    refuseUnknownParameters(request.query, [], `send form fields instead (curl -F ${example}=...)`);
    const keyDigest = readKey(request);
    const letGo = keyDigest === undefined ? () => undefined : jobs.keys.reserve(keyDigest);
    if (letGo === undefined) throw keyInUse();
    // Releases the key of an upload that never becomes a training.
    response.once('close', letGo);
    heads.set(request, { startedAt, preferences: readPreferences(request), keyDigest, letGo });
    next();
  };
}

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
    const { train, test } = requireFiles(files);
    const { path, intake, originalname } = train;
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
        fingerprint: fingerprint(fields, train.sha256 ?? '', test && (test.sha256 ?? '')),
      };
      const submission = { request: training, clock, ...(key && { key }) };
      const outcome = await trainAndWait(submission, response, context);
      send = () => sendTraining(outcome, head.preferences, response);
    }
  } finally {
    // The files are removed before the client gets the response.
    await removeUploads(files);
  }
  send();
}

interface Posted extends Omit<Submission, 'keep'> {
  /** Milliseconds that the route measured. */
  readonly clock: () => { readonly upload: number; readonly total: number };
}

/** Trains, and waits for MLflow as long as the client asks for, or as long as the service does by default. */
async function trainAndWait(
  { clock, ...submission }: Posted,
  response: Response,
  { head, jobs, wait }: Context,
): Promise<Outcome> {
  const waitMs = waitMsOf(head.preferences, wait);
  // From here on the training holds the key, even if the client disconnects.
  response.off('close', head.letGo);
  try {
    const keep: Keep = (result, run, plan, gate) => ({
      answer: keptAnswer(result, run, { plan, ...(gate && { gate }), clock: clock() }),
    });
    const job = await jobs.submit({ ...submission, keep });
    if (job.trained !== undefined) noteResult(job.trained.result, clock().upload, response);
    const settled = jobs.settled(job, waitMs, clientGone(response));
    const [view] = await Promise.all([settled, submission.request.source.release()]);
    noteLogged(view, response);
    return { view, waitMs, isReplayed: job.isReplayed };
  } finally {
    // Before the response, because the client may send the next request as soon as it has the response.
    head.letGo();
  }
}

function noteResult({ data, stages }: Result, uploadMs: number, response: Response): void {
  notes(response).rows = data.rows;
  notes(response).stagesMs = {
    upload: uploadMs,
    ...Object.fromEntries(stages.map(({ name, ms }) => [name, ms])),
  };
}

function noteLogged(view: DeliveryView, response: Response): void {
  const { stagesMs } = notes(response);
  const logMs = logMsOf(view);
  // Nothing was computed for a repeated request.
  if (stagesMs !== undefined && logMs !== undefined) stagesMs['log'] = logMs;
}

/** Aborts when the client disconnects. Then nobody waits any more, and the delivery goes on. */
function clientGone(response: Response): AbortSignal {
  const gone = new AbortController();
  // A response that was sent is closed too. Without a reason, `abort` would create an error with its stack each time.
  const end = () => gone.abort('closed');
  if (response.destroyed) end();
  else response.once('close', end);
  return gone.signal;
}
