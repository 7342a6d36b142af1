import type { Dataset } from '../data/dataset.ts';
import { labelText } from '../data/target.ts';
import { DataError, quote } from '../errors.ts';
import { ValueError } from '../ml/errors.ts';
import type { LogisticRegression, LogisticRegressionOptions } from '../ml/logisticRegression.ts';
import type { Matrix } from '../ml/matrix.ts';
import { type ClassificationMetrics, classificationMetrics } from '../ml/metrics.ts';
import { TrainingPipeline } from '../ml/trainingPipeline.ts';
import type { ClassLabel } from '../result.ts';
import type { Part } from './parts.ts';

interface FittedPipeline {
  readonly pipeline: TrainingPipeline;
  readonly model: LogisticRegression;
}

/**
 * Fits the original's two steps, `scaler` and `model`, on the training rows.
 * @throws DataError where these rows, unlike the whole table, have one class only or cannot be fitted
 */
export function fitPipeline(
  dataset: Dataset,
  train: Part,
  options: LogisticRegressionOptions,
): FittedPipeline {
  requireTwoClasses(dataset, train);
  const pipeline = TrainingPipeline.withDefaults(options);
  try {
    pipeline.fit(train.X, train.y, {
      featureNames: dataset.features.map(({ name }) => name),
      classesDtype: dataset.y.dtype,
    });
  } catch (error) {
    if (error instanceof ValueError)
      throw new DataError('cannot_be_fitted', error.message, {}, { cause: error });
    throw error;
  }
  return { pipeline, model: pipeline.namedSteps['model'] as LogisticRegression };
}

function requireTwoClasses(dataset: Dataset, { y }: Part): void {
  const first = y[0];
  for (let row = 1; row < y.length; row += 1) if (y[row] !== first) return;
  const text = labelText(first as ClassLabel, dataset.y.dtype);
  throw new DataError(
    'one_class_in_training',
    `All ${y.length} training rows are of the class ${text}: set stratify=true, another random_state, or a smaller test_size.`,
    { column: dataset.targetName, value: text },
  );
}

/**
 * A class that the classifier never saw has no probability, and so the test rows no log loss.
 * @throws DataError naming such a class
 */
export function requireKnownClasses(dataset: Dataset, { y }: Part, classes: readonly ClassLabel[]): void {
  const known = new Set<ClassLabel>(classes);
  for (let row = 0; row < y.length; row += 1) {
    const label = y[row] as ClassLabel;
    if (known.has(label)) continue;
    throw new DataError(
      'class_only_in_test',
      `The class ${quote(String(label))} occurs in the test rows only, so it cannot be learned: set stratify=true or another random_state, or leave its rows out.`,
      { column: dataset.targetName, value: String(label) },
    );
  }
}

interface Evaluation extends ClassificationMetrics {
  readonly yPred: readonly ClassLabel[];
  readonly proba: Matrix;
}

/** Predicts the rows of one part and measures the predictions. */
export function evaluate(
  pipeline: TrainingPipeline,
  { X, y }: Part,
  positive: ClassLabel | undefined,
): Evaluation {
  const yPred = pipeline.predict(X);
  const proba = pipeline.predictProba(X);
  const measured = classificationMetrics({ yTrue: y, yPred, proba, classes: pipeline.classes_, positive });
  return { yPred, proba, ...measured };
}
