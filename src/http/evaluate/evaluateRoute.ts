import { type Request, type Response, Router } from 'express';
import type { Jobs } from '../../jobs/jobs.ts';
import type { Metrics } from '../../observability/metrics.ts';
import { type Evaluated, type EvaluationRooms, evaluate, evaluateDry } from '../../training/evaluate.ts';
import { EVALUATE_FORM } from '../../training/fields/evaluateTable.ts';
import { type FormBody, parseEvaluateFields } from '../../training/fields/parse.ts';
import type { Kept } from '../../values/delivery.ts';
import type { Answer } from '../answers/answer.ts';
import { sendAnswer } from '../answers/sendAnswer.ts';
import { onlyMethods } from '../methods.ts';
import { notes } from '../notes.ts';
import { countUpload } from '../routes/metricsRoute.ts';
import { tellAge } from '../scoring/score.ts';
import type { GateAnswer } from '../train/gateAnswer.ts';
import { type Head, readHead } from '../train/head.ts';
import { evaluationFingerprint } from '../train/idempotency.ts';
import type { AnswerWait } from '../train/prefer.ts';
import { gateFailure, sendOutcome } from '../train/sendOutcome.ts';
import { submitAndWait } from '../train/submitAndWait.ts';
import { shownName } from '../upload/fileName.ts';
import { filesOf, removeUploads, requireTestFile, type UploadPlaces, upload } from '../upload/upload.ts';
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
      upload(options, EVALUATE_FORM, () => rooms.engine.receive()),
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

async function answer(request: Request, response: Response, context: Context): Promise<void> {
  const { head, rooms } = context;
  const uploadMs = performance.now() - head.startedAt;
  const receivedAt = new Date();
  const clock = () => ({ upload: uploadMs, total: performance.now() - head.startedAt });
  const files = filesOf(request);
  let send: () => Promise<void>;
  try {
    const fields = parseEvaluateFields(request.body as FormBody);
    const { path, intake, originalname, sha256 = '' } = requireTestFile(files);
    const asked = { fields, source: { path, intake }, fileName: shownName(originalname), receivedAt };
    if (fields.mode.dryRun) {
      const measured = await evaluateDry(asked, rooms);
      notes(response).rows = measured.evaluation.data.rows;
      tellAge(measured, response);
      send = () => sendDry(measuredForms(measured, clock()), measured.gate, response);
    } else {
      const submission = {
        work: (key: Pick<Kept, 'key'>) =>
          evaluate(asked, rooms, (measured) => {
            tellAge(measured, response);
            const kept: KeptEvaluation = { ...measuredAnswer(measured, clock()), brief: measured.brief };
            return { answer: kept, ...key };
          }),
        measuredOf: ({ evaluation: { data, stages } }: Evaluated) => ({ rows: data.rows, stages }),
        uploadMs,
        release: () => removeUploads(files),
        ...(head.keyDigest !== undefined && {
          key: { digest: head.keyDigest, fingerprint: evaluationFingerprint(fields, sha256) },
        }),
      };
      const outcome = await submitAndWait(submission, response, context);
      send = () => sendOutcome(outcome, head.preferences, response, ANSWERS);
    }
  } finally {
    // The files are removed before the client gets the response.
    await removeUploads(files);
  }
  await send();
}

/** Responds to a dry run. @throws HttpError if a gate failed */
async function sendDry(answer: Answer, gate: GateAnswer | undefined, response: Response): Promise<void> {
  response.set('X-Gate', gate?.state ?? 'none');
  if (gate?.state === 'failed') throw gateFailure(gate, 'and nothing is logged', answer);
  await sendAnswer(response, answer);
}
