import { hasEnded, type JobAnswer, type TrainAnswer } from '../../client.ts';
import { shownMetric } from '../../reports/plots/text.ts';
import { FaultBox } from '../parts/fault.tsx';
import { ProgressBar } from '../parts/progressBar.tsx';
import { faultOfProblem } from '../service.ts';
import { linkTo, state } from '../state/store.ts';
import { cancelTraining, isSending, isTraining, job, jobFault } from './job.ts';
import { countsSay, stageSays } from './stage.ts';

/** How far the training is, a way to stop it, and what came of it. */
export function JobPanel() {
  const now = job.value;
  const fault = jobFault.value;
  if (!isSending.value && now === undefined && fault === undefined) return null;
  return (
    <section class="card stack" aria-labelledby="job-title">
      <h2 id="job-title">This training</h2>
      {isSending.value ? (
        <ProgressBar label="The training" says="The page sends the file." />
      ) : (
        now && <JobState now={now} />
      )}
      {fault && <FaultBox fault={fault} />}
      <div class="row">
        {isTraining.value && (
          <button type="button" onClick={() => void cancelTraining()}>
            Cancel
          </button>
        )}
        {!isTraining.value && (
          <button
            type="button"
            onClick={() => {
              state.job.value = '';
            }}
          >
            Put aside
          </button>
        )}
        {now?.answer && (
          <a class="button primary" href={linkTo('result')}>
            See the result
          </a>
        )}
      </div>
    </section>
  );
}

function JobState({ now }: { readonly now: JobAnswer }) {
  const isOver = now.state === 'failed' || now.state === 'cancelled';
  const isTrained = now.kind === 'train' && now.answer !== undefined;
  return (
    <>
      {isOver ? (
        <p aria-live="polite">{stageSays(now)}</p>
      ) : (
        <ProgressBar
          label="The training"
          share={hasEnded(now) ? 1 : now.progress.share}
          says={stageSays(now)}
          detail={countsSay(now)}
        />
      )}
      {now.problem && <FaultBox fault={faultOfProblem(now.problem)} />}
      {isTrained && <Metrics answer={now.answer as TrainAnswer} />}
    </>
  );
}

function Metrics({ answer }: { readonly answer: TrainAnswer }) {
  const { accuracy_score, precision_score, recall_score, roc_auc } = answer.metrics.test;
  const facts = {
    Accuracy: accuracy_score,
    Precision: precision_score,
    Recall: recall_score,
    'ROC AUC': roc_auc,
  };
  return (
    <dl class="facts">
      {Object.entries(facts).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{shownMetric(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
