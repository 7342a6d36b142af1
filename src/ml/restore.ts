import type {
  ClassifierState,
  EstimatorState,
  StepState,
  TransformerState,
} from '../values/pipelineState.ts';
import { ColumnTransformer, type StatefulTransformer } from './columnTransformer.ts';
import { FixedThresholdClassifier } from './fixedThresholdClassifier.ts';
import { LogisticRegression } from './logisticRegression.ts';
import { MinMaxScaler } from './minMaxScaler.ts';
import { OneHotEncoder } from './oneHotEncoder.ts';
import { Pipeline, type Step } from './pipeline.ts';
import { SimpleImputer } from './simpleImputer.ts';

/** Restores the steps of a pipeline from their states. */
export function restoreSteps(steps: readonly StepState[]): Step[] {
  return steps.map(([name, state]) => [name, restore(state)]);
}

type StatefulClassifier = LogisticRegression | FixedThresholdClassifier;

function restore(state: EstimatorState): StatefulTransformer | StatefulClassifier {
  return isClassifier(state) ? restoreClassifier(state) : restoreTransformer(state);
}

function isClassifier(state: EstimatorState): state is ClassifierState {
  return state.estimator === 'LogisticRegression' || state.estimator === 'FixedThresholdClassifier';
}

function restoreClassifier(state: ClassifierState): StatefulClassifier {
  return state.estimator === 'LogisticRegression'
    ? LogisticRegression.fromState(state)
    : FixedThresholdClassifier.fromState(state);
}

export function restoreTransformer(state: TransformerState): StatefulTransformer {
  switch (state.estimator) {
    case 'MinMaxScaler':
      return MinMaxScaler.fromState(state);
    case 'SimpleImputer':
      return SimpleImputer.fromState(state);
    case 'OneHotEncoder':
      return OneHotEncoder.fromState(state);
    case 'ColumnTransformer':
      return ColumnTransformer.fromState(state, restoreTransformer);
    case 'Pipeline':
      return new Pipeline(restoreSteps(state.steps));
  }
}
