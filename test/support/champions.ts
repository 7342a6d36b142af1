import type { Holdout } from '../../src/values/holdout.ts';
import type { ModelDescription } from '../../src/values/loadedModel.ts';
import { chosenOf, type Result } from '../../src/values/result.ts';

/**
 * The model of a training, as it is described when it is read back.
 * @param holdout of the training's plan
 */
export function championOf(result: Result, holdout?: Holdout): ModelDescription {
  const { data, split } = result;
  const { pipeline } = chosenOf(result);
  const last = pipeline.steps.at(-1)![1];
  const classifier = last.estimator === 'FixedThresholdClassifier' ? last.classifier : last;
  if (classifier.estimator !== 'LogisticRegression') throw new Error('no classifier');
  const { classes, classesDtype } = classifier.fitted;
  return {
    pipeline,
    features: data.features,
    target: { name: data.target, classes, dtype: classesDtype },
    ...(classes.length === 2 && { positive: classes[1]! }),
    trained: {
      digest: data.digest,
      trainDigest: '',
      trainRows: split.train,
      testRows: split.test,
      ...(holdout && { holdout }),
    },
    profile: [],
  };
}
