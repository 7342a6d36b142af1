import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { JobAnswer } from '../../client.ts';
import { seenReport } from '../../reports/plots/text.ts';
import { FaultBox } from '../parts/fault.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { type Fault, faultOf, faultOfProblem, service } from '../service.ts';
import { linkTo } from '../state/store.ts';
import { factsOf } from './facts.ts';
import { linksOfAnswer } from './mlflowLinks.ts';
import { ResultView } from './resultView.tsx';

/** The result of a job: its answer at once, and the curves as soon as MLflow has the report. */
export function JobResult({ id }: { readonly id: string }) {
  const { job, fault, again } = useJob(id);
  const answer = job?.answer;
  const runId = job?.state === 'done' ? (answer?.run.id ?? undefined) : undefined;
  const report = useLoaded(runId, async () => seenReport(await service.report(runId!)));
  if (fault !== undefined) return <FaultBox fault={fault} again={again} />;
  if (job === undefined) return <p class="soft">Asking for the job…</p>;
  if (job.problem) return <FaultBox fault={faultOfProblem(job.problem)} />;
  if (answer === undefined) return <NoAnswer job={job} />;
  return (
    <div class="stack">
      {job.state === 'logging' && (
        <p class="notice" role="status">
          MLflow does not have the run yet. The curves appear as soon as it has.
        </p>
      )}
      {report.isLoading && <p class="soft">Reading the report…</p>}
      {report.fault &&
        (report.fault.code === 'no_report' ? (
          <p class="soft">The run has no report, so there are no curves.</p>
        ) : (
          <FaultBox fault={report.fault} again={report.again} />
        ))}
      <ResultView
        name={answer.run.name}
        facts={report.value ?? factsOf(answer)}
        report={report.value}
        links={linksOfAnswer(answer)}
      />
    </div>
  );
}

function NoAnswer({ job }: { readonly job: JobAnswer }) {
  if (job.state === 'cancelled') return <p>The training was cancelled. Nothing of it remains.</p>;
  return (
    <p role="status">
      The training is under way. <a href={linkTo('train')}>Follow its progress</a>; the result appears here
      too.
    </p>
  );
}

/** A job as it is now, followed until it has ended. */
function useJob(id: string) {
  const job = useSignal<JobAnswer | undefined>(undefined);
  const fault = useSignal<Fault | undefined>(undefined);
  const attempt = useSignal(0);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const follow = async () => {
      fault.value = undefined;
      for await (const one of service.watch(id, { signal })) job.value = one;
    };
    follow().catch((error: unknown) => {
      if (!signal.aborted) fault.value = faultOf(error);
    });
    return () => controller.abort();
  }, [id, attempt.value]);
  return {
    job: job.value,
    fault: fault.value,
    again: () => {
      attempt.value++;
    },
  };
}
