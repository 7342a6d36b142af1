import type { Request, Response } from 'express';
import type { JobView } from '../../jobs/job.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { EventStreams } from './eventStream.ts';
import { jobAnswer } from './jobAnswer.ts';

/** How often a job is looked at. Half of this is the median delay of an event. */
const LOOK_MS = 40;
/** Progress alone is sent no oftener than this. */
const PROGRESS_MS = 80;
const ENDED: ReadonlySet<string> = new Set(['done', 'failed', 'cancelled']);

/**
 * Sends each change of a job until the job has ended, the client leaves, or the service stops. An event shows the whole job, so
 * that a client that connects again has missed nothing once it has the next event. The id of an event tells what it
 * showed: a client that has seen it gets the next change alone.
 */
export async function sendEvents(
  { board }: Pick<Jobs, 'board'>,
  first: JobView,
  {
    request,
    response,
    streams,
    hurried,
  }: {
    readonly request: Request;
    readonly response: Response;
    readonly streams: EventStreams;
    /** Aborts when the service stops. */
    readonly hurried: AbortSignal;
  },
): Promise<void> {
  const { id } = first;
  const send = streams.begin(request, response);
  let seen = request.get('Last-Event-ID') ?? '';
  let sentAtMs = 0;
  for (let view: JobView | undefined = first; view !== undefined; ) {
    const isChanged = versionOf(view) !== seen;
    const isState = stateOf(versionOf(view)) !== stateOf(seen);
    if (isState || (isChanged && performance.now() - sentAtMs >= PROGRESS_MS)) {
      // The delivery is read from disk, and only when the state has changed.
      const whole: JobView | undefined = isState ? await board.find(id) : view;
      if (whole === undefined || response.destroyed) break;
      seen = versionOf(whole);
      sentAtMs = performance.now();
      send('job', seen, jobAnswer(whole, request.path));
    }
    if (ENDED.has(stateOf(seen)) || hurried.aborted || response.destroyed) break;
    await pause(LOOK_MS, response, hurried);
    // A job that this process has forgotten has ended, or belongs to an earlier process.
    view = board.peek(id) ?? (await board.find(id));
  }
  response.end();
}

/** What an event shows of a job, as the id of the event. */
function versionOf({ state, progress: { stage, done, total } }: JobView): string {
  return [state, stage, done, total].join('-');
}

function stateOf(version: string): string {
  return version.split('-')[0] as string;
}

function pause(ms: number, response: Response, hurried: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      response.off('close', end);
      hurried.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    response.once('close', end);
    hurried.addEventListener('abort', end);
  });
}
