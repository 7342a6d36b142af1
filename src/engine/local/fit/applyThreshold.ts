import { withCustom } from '../../../expressions/scope.ts';
import { withThreshold } from '../../../ml/fixedThresholdClassifier.ts';
import { TrainingPipeline } from '../../../ml/trainingPipeline.ts';
import type { Measures } from '../../../values/metrics.ts';
import type { Plan } from '../../../values/plan.ts';
import type { KeptCandidate } from '../../../values/result.ts';
import { decisionAt, measureBoth } from './fitCandidate.ts';
import type { FitTools } from './fitCandidates.ts';
import type { Folds } from './folds.ts';
import type { Prepared } from './prepare.ts';

/** Gives a fitted candidate a threshold, and measures its labels anew. Its probabilities stay what they are. */
export async function applyThreshold(
  candidate: KeptCandidate,
  threshold: number,
  folds: Folds,
  { positive }: Pick<Prepared, 'positive'>,
  { metrics }: Pick<Plan, 'metrics'>,
  { helpers }: FitTools,
): Promise<KeptCandidate> {
  const pipeline = withThreshold(candidate.pipeline, decisionAt(threshold, positive));
  const fitted = TrainingPipeline.fromState(pipeline);
  const { train, test, warnings } = await folds.whole((rows) =>
    measureBoth(fitted, { ...rows, positive }, [], helpers),
  );
  return {
    ...candidate,
    pipeline,
    train: withCustom(withLosses(train, candidate.train), metrics),
    test: withCustom(withLosses(test, candidate.test), metrics),
    warnings: [...candidate.warnings.filter(({ code }) => code !== 'undefined_metric'), ...warnings],
  };
}

/** The metrics of labels, with those of probabilities from a measure of the same rows in their first order. */
function withLosses(labels: Measures, before: Measures): Measures {
  const { log_loss, roc_auc } = before.metrics;
  return { ...labels, metrics: { ...labels.metrics, log_loss, roc_auc } };
}
