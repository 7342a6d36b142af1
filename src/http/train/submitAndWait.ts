import type { Response } from 'express';
import type { Work } from '../../jobs/job.ts';
import type { Jobs, Patience, Submission } from '../../jobs/jobs.ts';
import type { DeliveryView } from '../../values/delivery.ts';
import type { StageTime } from '../../values/result.ts';
import { type Later, laterOf } from '../jobs/submitLater.ts';
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
  /** What is kept on disk if the client does not wait until the work is done. */
  readonly posted: Patience['posted'];
  /** Removes the files. */
  readonly release: () => Promise<void>;
}

/**
 * Does the work, and waits for MLflow as long as the client asks for, or as long as the service does by default. If the client asks
 * for a time and the work takes longer, returns the job.
 */
export async function submitAndWait<Done extends Work>(
  { uploadMs, measuredOf, posted, release, ...submission }: Posted<Done>,
  response: Response,
  { head, jobs, wait }: Context,
): Promise<Outcome | Later> {
  const waitMs = waitMsOf(head.preferences, wait);
  const endsAtMs = performance.now() + waitMs;
  // `wait=0` waits for the work, and not for MLflow.
  const isPatient = head.preferences.waitMs === undefined || waitMs === 0;
  // From here on the work holds the key, even if the client disconnects.
  response.off('close', head.letGo);
  try {
    const gone = clientGone(response);
    const work: typeof submission.work = (key, job) => {
      const done = submission.work(key, job);
      // If the client waits, the route removes the files too, and reports faults.
      done.then(release, release).catch(() => undefined);
      return done;
    };
    const asked = { ...submission, work, gone };
    const job = isPatient ? await jobs.submit(asked) : await jobs.submitWithin(asked, { waitMs, posted });
    if ('id' in job) return laterOf(job, await jobs.board.find(job.id), waitMs, response);
    if (job.done !== undefined) {
      const { rows, stages } = measuredOf(job.done);
      notes(response).rows = rows;
      notes(response).stagesMs = {
        upload: uploadMs,
        ...Object.fromEntries(stages.map(({ name, ms }) => [name, ms])),
      };
    }
    const leftMs = isPatient ? waitMs : Math.max(0, endsAtMs - performance.now());
    const view = await jobs.settled(job, leftMs, gone);
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
