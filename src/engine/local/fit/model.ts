import type { Feature } from '../../../data/dataset.ts';
import type { Target } from '../../../data/target.ts';
import type { CodedResult } from '../../../ml/codedMetrics.ts';
import {
  FixedThresholdClassifier,
  type FixedThresholdOptions,
} from '../../../ml/fixedThresholdClassifier.ts';
import type { LogisticRegression } from '../../../ml/logisticRegression.ts';
import { TrainingPipeline } from '../../../ml/trainingPipeline.ts';
import type { ClassLabel } from '../../../values/dataset.ts';
import type { Missing, ModelSpec } from '../../../values/plan.ts';
import type { Rows } from './prepare.ts';
import { withPlace } from './refusal.ts';

interface PipelineSpec {
  readonly missing: Missing;
  readonly model: ModelSpec;
  /** If the model gets a threshold of its own. */
  readonly decision?: FixedThresholdOptions;
}

interface FittedPipeline {
  readonly pipeline: TrainingPipeline;
  readonly classifier: LogisticRegression;
}

/**
 * Fits the steps that the columns need: the original's `scaler` and `model`, with an encoder for text and imputers for
 * missing values.
 * @throws DataError `cannot_be_fitted`
 */
export function fitPipeline(
  { features, target }: { readonly features: readonly Feature[]; readonly target: Target },
  { frame, codes, source }: Rows,
  { missing, model, decision }: PipelineSpec,
): FittedPipeline {
  const pipeline = TrainingPipeline.forColumns(frame.columns, {
    ...model,
    missing,
    ...(decision !== undefined && { decision }),
  });
  const classes: ClassLabel[] = target.classCounts.map(({ label }) => label);
  const dtype = target.type === 'string' ? 'object' : 'int64';
  const options = { featureNames: features.map(({ name }) => name), classesDtype: target.dtype };
  withPlace('cannot_be_fitted', { source }, () => pipeline.fit(frame, { classes, dtype, codes }, options));
  const last = pipeline.namedSteps['model'] as LogisticRegression | FixedThresholdClassifier;
  return { pipeline, classifier: last instanceof FixedThresholdClassifier ? last.estimator : last };
}

/**
 * Predicts classes and probabilities of rows, in the form that metrics are computed from.
 * @throws DataError `cannot_be_predicted`
 */
export function predictRows(
  pipeline: TrainingPipeline,
  { frame, codes, source }: Rows,
  positive: ClassLabel | undefined,
): CodedResult {
  const classes = pipeline.classes_;
  const { codes: predictedCodes, proba } = withPlace('cannot_be_predicted', { source }, () =>
    pipeline.predictCoded(frame),
  );
  const positiveCode = positive === undefined ? 1 : classes.indexOf(positive);
  return { trueCodes: codes, predictedCodes, proba, nClasses: classes.length, positiveCode };
}
