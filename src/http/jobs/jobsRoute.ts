import { type Request, Router } from 'express';
import { FieldError, quote } from '../../errors.ts';
import { JOB_STATES, type JobView } from '../../jobs/job.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { UnderWay } from '../../training/underWay.ts';
import { noBody } from '../access/head.ts';
import { onlyMethods } from '../methods.ts';
import { HttpError } from '../problem.ts';
import { refuseUnknownParameters } from '../query.ts';
import { EVENT_STREAM, EventStreams, type StreamBounds } from './eventStream.ts';
import { jobAnswer } from './jobAnswer.ts';
import { sendEvents } from './jobEvents.ts';

/** `/jobs`: lists trainings, evaluations and predictions, shows and follows each of them, and cancels it. */
export function jobsRoute(jobs: Jobs, underWay: UnderWay, bounds?: StreamBounds): Router {
  const streams = new EventStreams(bounds);
  const router = Router();
  router
    .route('/jobs')
    .get(async (request, response) => {
      const state = readState(request);
      const views = (await jobs.board.list()).filter((view) => state === undefined || view.state === state);
      // A list with all answers would be long: each job has its own.
      const listed = views.map((view) => jobAnswer(withoutAnswer(view), request.path));
      response.json({ jobs: listed });
    })
    .all(onlyMethods('GET', 'HEAD'));
  router
    .route('/jobs/:id')
    .get(async (request, response) => {
      refuseUnknownParameters(request.query, []);
      response.json(jobAnswer(await find(jobs, request.params.id), request.path));
    })
    .delete(noBody, async (request, response) => {
      refuseUnknownParameters(request.query, []);
      const { id } = request.params;
      response.json(jobAnswer((await jobs.cancel(id)) ?? unknown(id), request.path));
    })
    .all(onlyMethods('GET', 'HEAD', 'DELETE'));
  router
    .route('/jobs/:id/events')
    .get(async (request, response) => {
      refuseUnknownParameters(request.query, []);
      const first = await find(jobs, request.params.id);
      // HEAD asks whether the stream could be opened. It has no body, so it would hold a place for nothing.
      if (request.method === 'HEAD') return void response.type(EVENT_STREAM).end();
      await sendEvents(jobs, first, { request, response, streams, hurried: underWay.hurried });
    })
    .all(onlyMethods('GET', 'HEAD'));
  return router;
}

function withoutAnswer({ delivery, ...view }: JobView): JobView {
  return { ...view, ...(delivery && { delivery: { ...delivery, answer: undefined } }) };
}

/** @throws HttpError 404 `no_such_job` */
async function find(jobs: Jobs, id: string): Promise<JobView> {
  return (await jobs.board.find(id)) ?? unknown(id);
}

function unknown(id: string): never {
  throw new HttpError(
    404,
    'no_such_job',
    `Unknown job ${quote(id)}, perhaps because it ended long ago: GET /jobs lists the jobs.`,
  );
}

/** Reads `state`. @throws FieldError `invalid_state` or `unknown_parameter` */
function readState(request: Request): string | undefined {
  refuseUnknownParameters(request.query, ['state']);
  const { state } = request.query;
  if (state === undefined || state === '') return undefined;
  if (typeof state === 'string' && JOB_STATES.includes(state)) return state;
  throw new FieldError('invalid_state', `state must be one of ${JOB_STATES.join(', ')}, given once.`, {
    field: 'state',
    allowed: JOB_STATES,
  });
}
