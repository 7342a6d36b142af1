import type { EstimatorState, NestedPipelineState } from '../values/pipelineState.ts';
import { ValueError } from './errors.ts';
import type {
  Classifier,
  ClassifierFitOptions,
  CodedPrediction,
  Estimator,
  Input,
  Params,
  ParamValue,
  Transformed,
  Transformer,
} from './estimator.ts';
import type { Classes, Labels } from './labels.ts';
import type { Matrix } from './matrix.ts';

/** A name and its estimator. */
export type Step = readonly [name: string, estimator: Estimator];

/**
 * Fits steps in order, each on the output of the step before. All steps but the last are transformers.
 * The last step is a transformer or a classifier. This is scikit-learn's `Pipeline`. `fit` fits the steps themselves
 * and not copies.
 */
export class Pipeline implements Estimator {
  readonly steps: readonly Step[];

  /** @param steps stored unchecked; `fit` checks them */
  constructor(steps: readonly Step[]) {
    this.steps = [...steps];
  }

  /**
   * @param X shape `(nSamples, nFeatures)`; the steps turn a frame into frames and dense input into matrices
   * @param y nSamples labels, if the last step is a classifier
   * @throws ValueError if there is no step; if a name is empty, duplicated or contains `__`; if a step is of the
   *   wrong kind for its position; if a step rejects X or y
   */
  fit(X: Input, y?: Classes, options?: ClassifierFitOptions): this {
    const transformed = this.fitBeforeLast(X, y);
    const last = this.#last();
    if (isClassifier(last)) last.fit(transformed, requireLabels(y), options);
    else asTransformer(last).fit(transformed, y);
    return this;
  }

  /** Fits all steps but the last, and returns the last step's input. Arguments and errors as for `fit`. */
  fitBeforeLast(X: Input, y?: Classes): Input {
    this.#checkSteps();
    let transformed: Input = X;
    for (const [, step] of this.steps.slice(0, -1)) {
      const transformer = asTransformer(step);
      transformed = transformer.fit(transformed, y).transform(transformed);
    }
    return transformed;
  }

  /** Transforms X by all steps. @throws NotFittedError, ValueError if the last step is not a transformer */
  transform<X extends Input>(X: X): Transformed<X> {
    return asTransformer(this.#last()).transform(this.#beforeLast(X)) as Transformed<X>;
  }

  /** Returns the last step's class codes and probabilities. @throws as `predict` */
  predictCoded(X: Input): CodedPrediction {
    return this.#classifier().predictCoded(this.#beforeLast(X));
  }

  /** Predicts one label a row. @throws NotFittedError, ValueError if the last step is not a classifier */
  predict(X: Input): (number | string)[] {
    return this.#classifier().predict(this.#beforeLast(X));
  }

  /** Shape `(nSamples, nClasses)`, columns in the order of `classes_`. @throws as `predict` */
  predictProba(X: Input): Matrix {
    return this.#classifier().predictProba(this.#beforeLast(X));
  }

  /** Mean accuracy. @throws as `predict` */
  score(X: Input, y: Labels): number {
    return this.#classifier().score(this.#beforeLast(X), y);
  }

  /** Returns the options of all steps, each as `step__param`. */
  getParams(): Params {
    return paramsByStep(this.steps);
  }

  /** Returns the fitted steps as plain data. @throws NotFittedError, TypeError if a step has no plain-data form */
  toState(): NestedPipelineState {
    return { estimator: 'Pipeline', steps: this.steps.map(([name, step]) => [name, stateOf(step)]) };
  }

  get namedSteps(): Readonly<Record<string, Estimator>> {
    return Object.fromEntries(this.steps);
  }

  /** Labels of the last step, sorted. @throws as `predict` */
  get classes_(): readonly (number | string)[] {
    return this.#classifier().classes_;
  }

  #beforeLast(X: Input): Input {
    return this.steps
      .slice(0, -1)
      .reduce<Input>((transformed, [, step]) => asTransformer(step).transform(transformed), X);
  }

  #last(): Estimator {
    const last = this.steps.at(-1);
    if (last === undefined) throw new ValueError('The pipeline is empty: give it at least one step.');
    return last[1];
  }

  #classifier(): Classifier {
    const last = this.#last();
    if (!isClassifier(last))
      throw new ValueError('The last step of the pipeline is not a classifier: end with one.');
    return last;
  }

  #checkSteps(): void {
    checkNames(this.steps.map(([name]) => name));
    const beforeLast = this.steps.slice(0, -1).map(([, step]) => step);
    beforeLast.forEach(asTransformer);
    if (!isClassifier(this.#last())) asTransformer(this.#last());
  }
}

/** @throws ValueError if a name is duplicated, empty or contains `__`, which separates step and option */
export function checkNames(names: readonly string[]): void {
  const doubled = names.find((name, i) => names.indexOf(name) !== i);
  if (doubled !== undefined)
    throw new ValueError(`Names provided are not unique: '${doubled}' occurs twice.`);
  const wrong = names.find((name) => name === '' || name.includes('__'));
  if (wrong !== undefined) {
    throw new ValueError(`Estimator names must not be empty and must not contain __: got '${wrong}'.`);
  }
}

/** Returns the options of these estimators, each as `name__option`. */
export function paramsByStep(steps: readonly Step[]): Params {
  const params: Record<string, ParamValue> = {};
  for (const [name, step] of steps) {
    for (const [param, value] of Object.entries(step.getParams())) params[`${name}__${param}`] = value;
  }
  return params;
}

function requireLabels(y: Classes | undefined): Classes {
  if (y === undefined) throw new ValueError('The last step is a classifier: it needs y to be fitted.');
  return y;
}

function isClassifier(step: Estimator): step is Classifier {
  return 'predict' in step && 'predictProba' in step;
}

function stateOf(step: Estimator): EstimatorState {
  if (!('toState' in step))
    throw new TypeError('A step of the pipeline has no plain-data form: it needs a method toState.');
  return (step as { toState(): EstimatorState }).toState();
}

/** @throws ValueError if the estimator is not a transformer */
export function asTransformer(step: Estimator): Transformer {
  if (!('transform' in step))
    throw new ValueError('A step of the pipeline is not a transformer: it needs a method transform.');
  return step as Transformer;
}
