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
import { removeUpload, requireFile, type UploadOptions, upload } from '../upload/upload.ts';
import { dryRunAnswer } from './dryRunAnswer.ts';
import { fingerprint, keyInUse, readKey } from './idempotency.ts';
import { type AnswerWait, type Preferences, readPreferences, waitMsOf } from './prefer.ts';
import { type Outcome, sendTraining } from './sendTraining.ts';
import { keptAnswer, logMsOf } from './trainAnswer.ts';

/** What the headers of a request say, before its body comes. */
interface Head {
  readonly startedAt: number;
  readonly preferences: Preferences;
  readonly keyDigest: string | undefined;
  /** Lets the `Idempotency-Key` go. */
  readonly letGo: () => void;
}

/** `POST /train`: takes a form, and answers with the original's four numbers and more, or with a dry run's report. */
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
 * Reads the headers, and refuses what can be refused before a long upload. Whether there is an MLflow, and room to keep
 * a training, is asked later: a dry run needs neither, and `dry_run` may follow the file.
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
    // For an upload that never becomes a training.
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
  const { file } = request;
  let send: () => void;
  try {
    const fields = parseFields(request.body as FormBody);
    const { intake, path, originalname, sha256 = '' } = requireFile(file);
    const source = { path, intake, release: () => removeUpload(file) };
    const training = { fields, source, fileName: originalname, receivedAt };
    if (fields.mode.dryRun) {
      const report = await dryRun(training, rooms);
      notes(response).rows = report.rows;
      send = () => void response.json(dryRunAnswer(report, clock()));
    } else {
      const key = head.keyDigest && {
        digest: head.keyDigest,
        fingerprint: fingerprint(fields, sha256),
      };
      const submission = { request: training, clock, ...(key && { key }) };
      const outcome = await trainAndWait(submission, response, context);
      send = () => sendTraining(outcome, head.preferences, response);
    }
  } finally {
    // The upload is gone before the client hears of the training.
    await removeUpload(file);
  }
  send();
}

interface Posted extends Omit<Submission, 'keep'> {
  /** What the route itself measured, in milliseconds. */
  readonly clock: () => { readonly upload: number; readonly total: number };
}

/** Trains, and waits for MLflow as long as the client or the service wants to. */
async function trainAndWait(
  { clock, ...submission }: Posted,
  response: Response,
  { head, jobs, wait }: Context,
): Promise<Outcome> {
  const waitMs = waitMsOf(head.preferences, wait);
  // From here on the training has the key, even if the client leaves.
  response.off('close', head.letGo);
  try {
    const keep: Keep = (result, run) => ({ answer: keptAnswer(result, run, clock()) });
    const job = await jobs.submit({ ...submission, keep });
    if (job.trained !== undefined) noteResult(job.trained.result, clock().upload, response);
    const settled = jobs.settled(job, waitMs, clientGone(response));
    const [view] = await Promise.all([settled, submission.request.source.release()]);
    noteLogged(view, response);
    return { view, waitMs, isReplayed: job.isReplayed };
  } finally {
    // Before the answer, because the client may ask again as soon as it has one.
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

/** Aborts when the client hangs up: nobody waits then, and the delivery goes on. */
function clientGone(response: Response): AbortSignal {
  const gone = new AbortController();
  // An answer that was sent closes the response too. Without a reason, an error with its stack would be made each time.
  const end = () => gone.abort('closed');
  if (response.destroyed) end();
  else response.once('close', end);
  return gone.signal;
}
