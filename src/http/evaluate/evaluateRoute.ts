import { type Request, type Response, Router } from 'express';
import type { Job } from '../../jobs/job.ts';
import type { StoredJob } from '../../jobs/jobStore.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { Metrics } from '../../observability/metrics.ts';
import {
  type Evaluated,
  type EvaluateRequest,
  type EvaluationRooms,
  evaluate,
  evaluateDry,
} from '../../training/evaluate.ts';
import { EVALUATE_FORM } from '../../training/fields/evaluateTable.ts';
import { type FormBody, parseEvaluateFields } from '../../training/fields/parse.ts';
import { takeIn } from '../../training/takeIn.ts';
import type { Kept } from '../../values/delivery.ts';
import type { Answer } from '../answers/answer.ts';
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
import { tellAge } from '../scoring/score.ts';
import type { GateAnswer } from '../train/gateAnswer.ts';
import { type Head, readHead } from '../train/head.ts';
import { evaluationFingerprint } from '../train/idempotency.ts';
import { type AnswerWait, readPreferences } from '../train/prefer.ts';
import { gateFailure } from '../train/sendOutcome.ts';
import { submitAndWait } from '../train/submitAndWait.ts';
import type { RouteClock } from '../train/timing.ts';
import { shownName } from '../upload/fileName.ts';
import {
  type FormFiles,
  filesOf,
  removeUploads,
  requireTestFile,
  type UploadPlaces,
  upload,
} from '../upload/upload.ts';
import { gateOfEvaluation, type KeptEvaluation, measuredAnswer } from './evaluateAnswer.ts';
import { evaluateForms, measuredForms } from './evaluateForms.ts';

/** `POST /evaluate`: accepts a form with a labelled file and the address of a model, and responds with the model's metrics. */
export function evaluateRoute(
  rooms: EvaluationRooms,
  jobs: Jobs,
  options: UploadPlaces,
  wait: AnswerWait,
  metrics: Metrics,
): Router {
  const heads = new WeakMap<Request, Head>();
  const router = Router();
  router
    .route('/evaluate')
    .post(
      readHead(jobs, EVALUATE_FORM, heads),
      countUpload(metrics),
      upload(options, EVALUATE_FORM, (headers) =>
        readPreferences(headers).respondAsync ? READ_LATER : rooms.engine.receive(),
      ),
      (request, response) =>
        answer(request, response, { head: heads.get(request) as Head, jobs, rooms, wait }),
    )
    .all(onlyMethods('POST'));
  return router;
}

const ANSWERS = {
  answerOf: evaluateForms,
  gateOf: gateOfEvaluation,
  ifGateFails: 'so no alias moves, and the run is logged all the same',
};

interface Context {
  readonly head: Head;
  readonly jobs: Jobs;
  readonly rooms: EvaluationRooms;
  readonly wait: AnswerWait;
}

/** A form that has arrived whole. */
interface Posted {
  readonly asked: Omit<EvaluateRequest, 'id' | 'watch'>;
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
    if (posted.asked.fields.mode.dryRun) send = await answerDry(posted, response, context);
    else if (head.preferences.respondAsync) send = await evaluateLater(posted, response, context);
    else ({ send, goesOn } = await evaluateNow(posted, response, context));
  } finally {
    // The files are removed before the client gets the response, unless the evaluation needs them longer.
    if (!goesOn) await removeUploads(files);
  }
  await send();
}

function readForm({ body }: Request, files: FormFiles, { startedAt, keyDigest }: Head): Posted {
  const uploadMs = performance.now() - startedAt;
  const receivedAt = new Date();
  const fields = parseEvaluateFields(body as FormBody);
  const { path, intake, originalname, sha256 = '' } = requireTestFile(files);
  return {
    asked: { fields, source: { path, intake }, fileName: shownName(originalname), receivedAt },
    key:
      keyDigest === undefined
        ? undefined
        : { digest: keyDigest, fingerprint: evaluationFingerprint(fields, sha256) },
    body: body as FormBody,
    files,
    uploadMs,
    clock: () => ({ upload: uploadMs, total: performance.now() - startedAt }),
  };
}

async function answerDry({ asked, clock }: Posted, response: Response, context: Context): Promise<Send> {
  const { head, rooms, jobs } = context;
  const measured = await jobs.follow('evaluate', async ({ id, watch }) => {
    if (!head.preferences.respondAsync) return await evaluateDry({ ...asked, id, watch }, rooms);
    const source = await takeIn(rooms.engine, asked.source, watch);
    return await evaluateDry({ ...asked, source, id, watch }, rooms).finally(() => source.release());
  });
  notes(response).rows = measured.evaluation.data.rows;
  tellAge(measured, response);
  return () => sendDry(measuredForms(measured, clock()), measured.gate, response);
}

async function evaluateLater(posted: Posted, response: Response, context: Context): Promise<Send> {
  const later = await submitLater(storedOf(posted), response, context);
  return () => sendResult(later, context.head, response, ANSWERS);
}

/** What another process needs to do the evaluation. */
function storedOf({ asked, key, body, files, uploadMs }: Posted): Pick<StoredJob, 'ticket' | 'files'> {
  const fileNames = { test: asked.fileName };
  const ticket = ticketOf('evaluate', { body, fileNames, uploadMs, ...(key && { key }) }, asked.receivedAt);
  return { ticket, files: pathsOf(files) };
}

async function evaluateNow(posted: Posted, response: Response, context: Context): Promise<Sending> {
  const { asked, key, files, uploadMs, clock } = posted;
  const submission = {
    kind: 'evaluate' as const,
    work: (kept: Pick<Kept, 'key'>, { id, watch }: Job) =>
      evaluate({ ...asked, id, watch }, context.rooms, (measured) => {
        // A client that did not wait so long has its response.
        if (!response.headersSent) tellAge(measured, response);
        const answered: KeptEvaluation = { ...measuredAnswer(measured, clock()), brief: measured.brief };
        return { answer: answered, ...kept };
      }),
    measuredOf: ({ evaluation: { data, stages } }: Evaluated) => ({ rows: data.rows, stages }),
    uploadMs,
    posted: storedOf(posted),
    release: () => removeUploads(files),
    ...(key && { key }),
  };
  const result = await submitAndWait(submission, response, context);
  return sending(result, context.head, response, ANSWERS);
}

/** Responds to a dry run. @throws HttpError if a gate failed */
async function sendDry(answer: Answer, gate: GateAnswer | undefined, response: Response): Promise<void> {
  response.set('X-Gate', gate?.state ?? 'none');
  if (gate?.state === 'failed') throw gateFailure(gate, 'and nothing is logged', answer);
  await sendAnswer(response, answer);
}
