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

/** A name and the estimator that goes by it. */
export type Step = readonly [name: string, estimator: Estimator];

/**
 * Steps that are fitted one after the other, each on what the ones before it make of X: transformers, and a transformer
 * or a classifier in the end. scikit-learn's `Pipeline`. The steps are fitted themselves, not copies of them.
 */
export class Pipeline implements Estimator {
  readonly steps: readonly Step[];

  /** @param steps stored as they are; `fit` checks them */
  constructor(steps: readonly Step[]) {
    this.steps = [...steps];
  }

  /**
   * @param X shape `(nSamples, nFeatures)`; of a frame the steps make frames, of dense input matrices
   * @param y nSamples labels, where the last step is a classifier
   * @throws ValueError where there is no step, where a name is empty, doubled or holds `__`, where a step cannot do
   *   what its place asks, and where a step does not take X or y
   */
  fit(X: Input, y?: Classes, options?: ClassifierFitOptions): this {
    this.#checkSteps();
    let transformed: Input = X;
    for (const [, step] of this.steps.slice(0, -1)) {
      const transformer = asTransformer(step);
      transformed = transformer.fit(transformed, y).transform(transformed);
    }
    const last = this.#last();
    if (isClassifier(last)) last.fit(transformed, requireLabels(y), options);
    else asTransformer(last).fit(transformed, y);
    return this;
  }

  /** X as all steps make it. @throws NotFittedError, ValueError where the last step is no transformer */
  transform<X extends Input>(X: X): Transformed<X> {
    return asTransformer(this.#last()).transform(this.#beforeLast(X)) as Transformed<X>;
  }

  /** Classes by number and probabilities together, as the last step gives them. @throws as `predict` */
  predictCoded(X: Input): CodedPrediction {
    return this.#classifier().predictCoded(this.#beforeLast(X));
  }

  /** One label a row. @throws NotFittedError, ValueError where the last step is no classifier */
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

  /** The options of all steps, each as `step__param`. */
  getParams(): Params {
    return paramsByStep(this.steps);
  }

  /** The fitted steps as plain data. @throws NotFittedError, TypeError where a step has no such form */
  toState(): NestedPipelineState {
    return { estimator: 'Pipeline', steps: this.steps.map(([name, step]) => [name, stateOf(step)]) };
  }

  get namedSteps(): Readonly<Record<string, Estimator>> {
    return Object.fromEntries(this.steps);
  }

  /** Labels that the last step knows, sorted. @throws as `predict` */
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
    if (!isClassifier(last)) throw new ValueError('The last step of the pipeline is no classifier.');
    return last;
  }

  #checkSteps(): void {
    checkNames(this.steps.map(([name]) => name));
    const beforeLast = this.steps.slice(0, -1).map(([, step]) => step);
    beforeLast.forEach(asTransformer);
    if (!isClassifier(this.#last())) asTransformer(this.#last());
  }
}

/** @throws ValueError where a name is doubled, empty, or holds what parts a step's name from its option's */
export function checkNames(names: readonly string[]): void {
  const doubled = names.find((name, i) => names.indexOf(name) !== i);
  if (doubled !== undefined) throw new ValueError(`Names provided are not unique: '${doubled}' comes twice.`);
  const wrong = names.find((name) => name === '' || name.includes('__'));
  if (wrong !== undefined) {
    throw new ValueError(`Estimator names must not be empty and must not contain __: got '${wrong}'.`);
  }
}

/** The options of all these estimators, each as `name__option`. */
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
    throw new TypeError('A step of the pipeline cannot be written down as plain data.');
  return (step as { toState(): EstimatorState }).toState();
}

/** @throws ValueError where the estimator does not transform */
export function asTransformer(step: Estimator): Transformer {
  if (!('transform' in step)) throw new ValueError('A step of the pipeline should transform, and cannot.');
  return step as Transformer;
}
