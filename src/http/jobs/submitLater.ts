import type { Response } from 'express';
import { CancelledError } from '../../errors.ts';
import type { JobView } from '../../jobs/job.ts';
import type { StoredJob, Ticket } from '../../jobs/jobStore.ts';
import type { Jobs, Taken } from '../../jobs/jobs.ts';
import { errorOf } from '../../jobs/jobViews.ts';
import { notes } from '../notes.ts';
import { clientGone } from '../train/clientGone.ts';
import type { Head } from '../train/head.ts';
import { type AnswerWait, preferenceApplied, waitMsOf } from '../train/prefer.ts';
import { type Answers, type Outcome, sendOutcome } from '../train/sendOutcome.ts';
import type { Intake } from '../upload/storage.ts';
import type { FormFiles } from '../upload/upload.ts';
import { jobAnswer, jobLink } from './jobAnswer.ts';

/** Takes in nothing: a file that is read later is read from disk. */
export const READ_LATER: Intake = {
  write: async () => undefined,
  end: () => undefined,
  release: async () => undefined,
};

interface Context {
  readonly head: Head;
  readonly jobs: Jobs;
  readonly wait: AnswerWait;
}

/** What came of a job when its client had waited as long as it wanted. */
export interface Later {
  readonly job: JobView;
  readonly waitMs: number;
  readonly isReplayed: boolean;
}

/** What a job needs of its request. */
export function ticketOf(
  kind: Ticket['kind'],
  posted: Pick<Ticket, 'body' | 'fileNames' | 'uploadMs' | 'key'>,
  receivedAt: Date,
): Ticket {
  return { kind, ...posted, receivedAtMs: receivedAt.getTime() };
}

/** The paths of a form's files, by the names that a stored job has for them. */
export function pathsOf(files: FormFiles): StoredJob['files'] {
  const present = Object.entries(files).filter(([, file]) => file !== undefined);
  return Object.fromEntries(present.map(([name, file]) => [name, (file as Express.Multer.File).path]));
}

/** Takes a job that is done later, and waits for it as long as the client asks for. */
export async function submitLater(
  posted: Pick<StoredJob, 'ticket' | 'files'>,
  response: Response,
  { head, jobs, wait }: Context,
): Promise<Later> {
  const waitMs = waitMsOf(head.preferences, wait);
  const gone = clientGone(response);
  try {
    const taken = await jobs.keep(posted);
    const view = await jobs.awaited(taken.id, waitMs, gone);
    return laterOf(taken, view, waitMs, response);
  } finally {
    head.letGo();
  }
}

export function laterOf(
  { id, isReplayed }: Taken,
  job: JobView | undefined,
  waitMs: number,
  response: Response,
): Later {
  notes(response).deliveryId = id;
  if (job === undefined) throw new Error(`the job ${id} is gone`);
  return { job, waitMs, isReplayed };
}

/**
 * Responds with the answer if there is one by now, and otherwise with 202 and the job.
 * @throws the error of a job that has failed by now
 */
export async function sendResult(
  result: Outcome | Later,
  { preferences }: Head,
  response: Response,
  answers: Answers,
): Promise<void> {
  if (!('job' in result)) return await sendOutcome(result, preferences, response, answers);
  const { job, waitMs, isReplayed } = result;
  const { id, delivery, error, state } = job;
  if (delivery !== undefined) {
    return await sendOutcome({ view: delivery, waitMs, isReplayed }, preferences, response, answers);
  }
  if (error !== undefined) throw errorOf(error);
  if (state === 'cancelled')
    throw new CancelledError('cancelled', 'Somebody cancelled the job: send the request again.');
  const { path } = response.req;
  if (isReplayed) response.set('Idempotency-Replayed', 'true');
  const applied = preferenceApplied(preferences, { waitMs, isPending: true });
  if (applied !== undefined) response.set('Preference-Applied', applied);
  response.status(202).set('Location', jobLink(id, path).url).json(jobAnswer(job, path));
}

/** A response that is ready to be sent. */
export interface Sending {
  readonly send: () => Promise<void>;
  /** Whether the work goes on, and needs its files. */
  readonly goesOn: boolean;
}

/** The response to work whose client may not have waited for its end. */
export function sending(result: Outcome | Later, head: Head, response: Response, answers: Answers): Sending {
  return {
    send: () => sendResult(result, head, response, answers),
    // The files of a repeated request are not those of the work.
    goesOn: 'job' in result && !result.isReplayed,
  };
}
