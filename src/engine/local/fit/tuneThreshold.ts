import { codedMetrics } from '../../../ml/codedMetrics.ts';
import type { ClassLabel } from '../../../values/dataset.ts';
import type { Objective } from '../../../values/expression.ts';
import type { ModelSpec, Plan } from '../../../values/plan.ts';
import { bestThreshold, type ScoredRows } from '../../bestThreshold.ts';
import type { FitTools } from './fitCandidates.ts';
import type { Folds } from './folds.ts';
import { fitPipelines, predictRows } from './model.ts';
import type { Prepared } from './prepare.ts';

/**
 * Finds the best threshold for one model on out-of-fold probabilities of the training rows, as scikit-learn's
 * `cross_val_predict(pipeline, X, y, cv=StratifiedKFold(k), method='predict_proba')` gives them.
 * @throws DataError if the rows do not allow a fit in one of the folds
 */
export async function tuneThreshold(
  model: ModelSpec,
  objective: Objective,
  folds: Folds,
  prepared: Pick<Prepared, 'dataset' | 'positive'>,
  { data: { missing } }: Pick<Plan, 'data'>,
  { watch }: Pick<FitTools, 'watch'>,
): Promise<number | undefined> {
  const parts: OutOfFold[] = [];
  await folds.each(async ({ train, test }) => {
    const [pipeline] = fitPipelines(prepared.dataset, train, { missing, models: [model] });
    const { trueCodes, predictedCodes, proba } = predictRows(pipeline!, test, prepared.positive);
    // The next fold uses the same memory.
    parts.push({
      trueCodes: Uint8Array.from(trueCodes),
      predictedCodes: Uint8Array.from(predictedCodes),
      ofSecond: Float64Array.from(proba.columns[0]!),
    });
    watch.step();
  });
  return bestThreshold(scoredRows(parts, prepared), objective);
}

/** Predictions of the rows of one fold, or of all. */
interface OutOfFold {
  readonly trueCodes: Uint8Array;
  readonly predictedCodes: Uint8Array;
  /** Probabilities of the second class. */
  readonly ofSecond: Float64Array;
}

function scoredRows(
  parts: readonly OutOfFold[],
  { dataset, positive }: Pick<Prepared, 'dataset' | 'positive'>,
): ScoredRows {
  const positiveCode = codeOf(positive, dataset.target.classCounts);
  const rows = parts.reduce((sum, { ofSecond }) => sum + ofSecond.length, 0);
  const all = {
    trueCodes: new Uint8Array(rows),
    predictedCodes: new Uint8Array(rows),
    ofSecond: new Float64Array(rows),
  };
  let at = 0;
  for (const part of parts) {
    all.trueCodes.set(part.trueCodes, at);
    all.predictedCodes.set(part.predictedCodes, at);
    all.ofSecond.set(part.ofSecond, at);
    at += part.ofSecond.length;
  }
  const { trueCodes, predictedCodes, ofSecond } = all;
  const scores = (isPositive: boolean) =>
    ofSecond.filter((_, row) => (trueCodes[row] === positiveCode) === isPositive);
  const ofPositive = (scoresOfSecond: Float64Array) =>
    positiveCode === 1 ? scoresOfSecond : scoresOfSecond.map((score) => 1 - score);
  const proba = { nSamples: rows, nFeatures: 1, columns: [ofSecond] };
  return {
    ofPositives: ofPositive(scores(true)),
    ofNegatives: ofPositive(scores(false)),
    measures: codedMetrics({ trueCodes, predictedCodes, proba, nClasses: 2, positiveCode }),
  };
}

function codeOf(
  positive: ClassLabel | undefined,
  classCounts: Prepared['dataset']['target']['classCounts'],
): number {
  return positive === undefined ? 1 : classCounts.findIndex(({ label }) => label === positive);
}
