import type { Feature } from '../../../data/dataset.ts';
import type { Target } from '../../../data/target.ts';
import type { CodedResult } from '../../../ml/codedMetrics.ts';
import type { FixedThresholdOptions } from '../../../ml/fixedThresholdClassifier.ts';
import { TrainingPipeline } from '../../../ml/trainingPipeline.ts';
import type { ClassLabel } from '../../../values/dataset.ts';
import type { Missing, ModelSpec } from '../../../values/plan.ts';
import type { Rows } from './prepare.ts';
import { withPlace } from './refusal.ts';

interface PipelineSpec {
  readonly missing: Missing;
  readonly models: readonly ModelSpec[];
  /** If the model gets a threshold of its own. */
  readonly decision?: FixedThresholdOptions;
}

/**
 * Fits pipelines of the steps that the columns need: the original's `scaler` and `model`, with an encoder for text and
 * imputers for missing values.
 * @param models one; or several of solver lbfgs and of one class weight, which share the passes over the rows
 * @throws DataError `cannot_be_fitted`
 */
export function fitPipelines(
  { features, target }: { readonly features: readonly Feature[]; readonly target: Target },
  { frame, codes, source }: Rows,
  { missing, models, decision }: PipelineSpec,
): TrainingPipeline[] {
  const pipelines = models.map((model) =>
    TrainingPipeline.forColumns(frame.columns, {
      ...model,
      missing,
      ...(decision !== undefined && { decision }),
    }),
  );
  const classes: ClassLabel[] = target.classCounts.map(({ label }) => label);
  const dtype = target.type === 'string' ? 'object' : 'int64';
  const y = { classes, dtype, codes } as const;
  const options = { featureNames: features.map(({ name }) => name), classesDtype: target.dtype };
  withPlace('cannot_be_fitted', { source }, () => {
    if (pipelines.length === 1) pipelines[0]!.fit(frame, y, options);
    else TrainingPipeline.fitTogether(pipelines, frame, y, options);
  });
  return pipelines;
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
