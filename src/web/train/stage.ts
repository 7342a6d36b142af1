import type { JobAnswer } from '../../client.ts';
import { shownNumber } from '../../reports/plots/text.ts';

type Job = Pick<JobAnswer, 'state' | 'place' | 'progress' | 'answer'>;

/** What a job does now, in words that change a few times only: they are read aloud. */
export function stageSays({ state, place, progress, answer }: Job): string {
  switch (state) {
    case 'queued':
      return place === null ? 'The training waits.' : `The training waits: place ${place}.`;
    case 'reading':
      return 'trainpost reads the file.';
    case 'fitting':
      return STAGES[progress.stage] ?? 'trainpost trains.';
    case 'logging':
      return answer === undefined
        ? 'trainpost writes the run.'
        : 'The model is trained. MLflow does not have the whole run yet.';
    case 'done':
      return 'The model is trained, and MLflow has the run.';
    case 'cancelled':
      return 'The training was cancelled. Nothing of it remains.';
    case 'failed':
      return 'The training failed.';
  }
}

const STAGES: Readonly<Record<string, string>> = {
  preparing: 'trainpost prepares the rows.',
  fitting: 'trainpost fits.',
  evaluating: 'trainpost measures the model.',
};

/** Numbers that change all the time: they are only seen. */
export function countsSay({ state, progress: { stage, done, total, rows, iterations } }: Job): string {
  const isFitting = state === 'fitting' && stage === 'fitting';
  return [
    ...(isFitting && total > 1 ? [`${shownNumber(done)} of ${shownNumber(total)} fits`] : []),
    ...(rows > 0 ? [`${shownNumber(rows)} rows`] : []),
    ...(iterations > 0 ? [`${shownNumber(iterations)} iterations`] : []),
  ].join(', ');
}
