import type { Response } from 'express';
import type { Jobs, Submission, Work } from '../../jobs/jobs.ts';
import type { DeliveryView } from '../../values/delivery.ts';
import type { StageTime } from '../../values/result.ts';
import { notes } from '../notes.ts';
import type { Head } from './head.ts';
import { type AnswerWait, waitMsOf } from './prefer.ts';
import type { Outcome } from './sendOutcome.ts';
import { logMsOf } from './timing.ts';

interface Context {
  readonly head: Head;
  readonly jobs: Jobs;
  readonly wait: AnswerWait;
}

/** What a route submits. */
interface Posted<Done extends Work> extends Submission<Done> {
  /** Milliseconds that the upload took. */
  readonly uploadMs: number;
  /** Rows of the file and the stages of the work. */
  readonly measuredOf: (done: Done) => { readonly rows: number; readonly stages: readonly StageTime[] };
  /** Removes the files. */
  readonly release: () => Promise<void>;
}

/** Does the work, and waits for MLflow as long as the client asks for, or as long as the service does by default. */
export async function submitAndWait<Done extends Work>(
  { uploadMs, measuredOf, release, ...submission }: Posted<Done>,
  response: Response,
  { head, jobs, wait }: Context,
): Promise<Outcome> {
  const waitMs = waitMsOf(head.preferences, wait);
  // From here on the work holds the key, even if the client disconnects.
  response.off('close', head.letGo);
  try {
    const job = await jobs.submit(submission);
    if (job.done !== undefined) {
      const { rows, stages } = measuredOf(job.done);
      notes(response).rows = rows;
      notes(response).stagesMs = {
        upload: uploadMs,
        ...Object.fromEntries(stages.map(({ name, ms }) => [name, ms])),
      };
    }
    const settled = jobs.settled(job, waitMs, clientGone(response));
    const [view] = await Promise.all([settled, release()]);
    noteLogged(view, response);
    return { view, waitMs, isReplayed: job.isReplayed };
  } finally {
    // Before the response, because the client may send the next request as soon as it has the response.
    head.letGo();
  }
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
