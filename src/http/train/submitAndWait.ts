import type { Response } from 'express';
import type { Work } from '../../jobs/job.ts';
import type { Jobs, Submission } from '../../jobs/jobs.ts';
import type { DeliveryView } from '../../values/delivery.ts';
import type { StageTime } from '../../values/result.ts';
import { notes } from '../notes.ts';
import { clientGone } from './clientGone.ts';
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
interface Posted<Done extends Work> extends Omit<Submission<Done>, 'gone'> {
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
    const gone = clientGone(response);
    const job = await jobs.submit({ ...submission, gone });
    if (job.done !== undefined) {
      const { rows, stages } = measuredOf(job.done);
      notes(response).rows = rows;
      notes(response).stagesMs = {
        upload: uploadMs,
        ...Object.fromEntries(stages.map(({ name, ms }) => [name, ms])),
      };
    }
    const settled = jobs.settled(job, waitMs, gone);
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
