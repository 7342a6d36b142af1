import { ValueError } from './errors.ts';
import type {
  Classifier,
  ClassifierFitOptions,
  Estimator,
  Labels,
  Params,
  ParamValue,
  Transformer,
} from './estimator.ts';
import type { Matrix, MatrixLike } from './matrix.ts';

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
   * @param X shape `(nSamples, nFeatures)`
   * @param y nSamples labels, where the last step is a classifier
   * @throws ValueError where there is no step, where a name is empty, doubled or holds `__`, where a step cannot do
   *   what its place asks, and where a step does not take X or y
   */
  fit(X: MatrixLike, y: Labels, options?: ClassifierFitOptions): this {
    this.#checkSteps();
    let transformed = X;
    for (const [, step] of this.steps.slice(0, -1)) {
      const transformer = asTransformer(step);
      transformed = transformer.fit(transformed, y).transform(transformed);
    }
    const last = this.#last();
    if (isClassifier(last)) last.fit(transformed, y, options);
    else asTransformer(last).fit(transformed, y);
    return this;
  }

  /** X as all steps make it. @throws NotFittedError, ValueError where the last step is no transformer */
  transform(X: MatrixLike): Matrix {
    return asTransformer(this.#last()).transform(this.#beforeLast(X));
  }

  /** One label a row. @throws NotFittedError, ValueError where the last step is no classifier */
  predict(X: MatrixLike): (number | string)[] {
    return this.#classifier().predict(this.#beforeLast(X));
  }

  /** Shape `(nSamples, nClasses)`, columns in the order of `classes_`. @throws as `predict` */
  predictProba(X: MatrixLike): Matrix {
    return this.#classifier().predictProba(this.#beforeLast(X));
  }

  /** Mean accuracy. @throws as `predict` */
  score(X: MatrixLike, y: Labels): number {
    return this.#classifier().score(this.#beforeLast(X), y);
  }

  /** The options of all steps, each as `step__param`. */
  getParams(): Params {
    const params: Record<string, ParamValue> = {};
    for (const [name, step] of this.steps) {
      for (const [param, value] of Object.entries(step.getParams())) params[`${name}__${param}`] = value;
    }
    return params;
  }

  get namedSteps(): Readonly<Record<string, Estimator>> {
    return Object.fromEntries(this.steps);
  }

  /** Labels that the last step knows, sorted. @throws as `predict` */
  get classes_(): readonly (number | string)[] {
    return this.#classifier().classes_;
  }

  #beforeLast(X: MatrixLike): MatrixLike {
    return this.steps
      .slice(0, -1)
      .reduce<MatrixLike>((transformed, [, step]) => asTransformer(step).transform(transformed), X);
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
    const names = this.steps.map(([name]) => name);
    const doubled = names.find((name, i) => names.indexOf(name) !== i);
    if (doubled !== undefined)
      throw new ValueError(`Names provided are not unique: '${doubled}' comes twice.`);
    const wrong = names.find((name) => name === '' || name.includes('__'));
    if (wrong !== undefined) {
      throw new ValueError(`Estimator names must not be empty and must not contain __: got '${wrong}'.`);
    }
    const beforeLast = this.steps.slice(0, -1).map(([, step]) => step);
    beforeLast.forEach(asTransformer);
    if (!isClassifier(this.#last())) asTransformer(this.#last());
  }
}

function isClassifier(step: Estimator): step is Classifier {
  return 'predict' in step && 'predictProba' in step;
}

function asTransformer(step: Estimator): Transformer {
  if (!('transform' in step)) throw new ValueError('A step of the pipeline should transform, and cannot.');
  return step as Transformer;
}
