import { linkTo, state } from '../state/store.ts';
import { JobResult } from './jobResult.tsx';
import { RunResult } from './runResult.tsx';

/** The result of a run in MLflow, or else of the job that the screens Train and Result are about. */
export function ResultScreen() {
  const run = state.run.value;
  const job = state.job.value;
  if (run !== '') return <RunResult key={run} id={run} />;
  if (job !== '') return <JobResult key={job} id={job} />;
  return (
    <p>
      No result is open. <a href={linkTo('train')}>Train a model</a>, or choose one of the{' '}
      <a href={linkTo('runs')}>runs</a>.
    </p>
  );
}
