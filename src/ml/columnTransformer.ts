import type { ColumnTransformerState, TransformerState } from '../values/pipelineState.ts';
import { likeInput, toFrame } from './denseColumn.ts';
import { NotFittedError, ValueError } from './errors.ts';
import type { Input, Params, Transformed, Transformer } from './estimator.ts';
import type { Frame } from './frame.ts';
import type { Classes } from './labels.ts';
import { checkFeatureCount } from './matrix.ts';
import { asTransformer, checkNames, paramsByStep } from './pipeline.ts';

/** A name, a transformer that can be written down as plain data, and the places of its columns in X. */
export type Branch = readonly [name: string, transformer: StatefulTransformer, columns: readonly number[]];

export interface StatefulTransformer extends Transformer {
  toState(): TransformerState;
}

interface Fitted {
  readonly nFeaturesIn: number;
  /** How many columns each branch makes. */
  readonly nFeaturesOut: readonly number[];
}

/**
 * Transforms some columns one way and some another, and puts the results side by side in the order of the branches;
 * columns of no branch are dropped. scikit-learn's `ColumnTransformer`, but that the transformers are fitted
 * themselves, not copies of them.
 */
export class ColumnTransformer implements Transformer {
  readonly transformers: readonly Branch[];
  #fitted: Fitted | undefined;

  /** @param transformers stored as they are; `fit` checks them */
  constructor(transformers: readonly Branch[]) {
    this.transformers = [...transformers];
  }

  /** @param restore makes the transformer of a branch from its state */
  static fromState(
    { transformers, fitted }: ColumnTransformerState,
    restore: (state: TransformerState) => StatefulTransformer,
  ): ColumnTransformer {
    const branches = transformers.map(
      ({ name, transformer, columns }): Branch => [name, restore(transformer), [...columns]],
    );
    const columnTransformer = new ColumnTransformer(branches);
    columnTransformer.#fitted = {
      nFeaturesIn: fitted.nFeaturesIn,
      nFeaturesOut: transformers.map(({ nFeaturesOut }) => nFeaturesOut),
    };
    return columnTransformer;
  }

  /**
   * @param X shape `(nSamples, nFeatures)`; NaN in dense input is a missing value
   * @param y labels, for transformers that use them
   * @throws ValueError where there is no branch, where a name is empty, doubled or holds `__`, where a branch names no
   *   column or one that X does not have, and where a transformer does not take its columns
   */
  fit(X: Input, y?: Classes): this {
    const frame = toFrame(X, { allowMissing: true });
    this.#checkBranches(frame.columns.length);
    const nFeaturesOut = this.transformers.map(([, transformer, columns]) => {
      const some = pick(frame, columns);
      return transformer.fit(some, y).transform(some).columns.length;
    });
    this.#fitted = { nFeaturesIn: frame.columns.length, nFeaturesOut };
    return this;
  }

  /**
   * @param X shape `(nSamples, nFeatures)`; it is not changed
   * @throws NotFittedError, ValueError where X does not have the features of the fit
   */
  transform<X extends Input>(X: X): Transformed<X> {
    const { nFeaturesIn } = this.#requireFitted();
    const frame = toFrame(X, { allowMissing: true });
    checkFeatureCount({ nFeatures: frame.columns.length }, nFeaturesIn, 'ColumnTransformer');
    const columns = this.transformers.flatMap(
      ([, transformer, some]) => transformer.transform(pick(frame, some)).columns,
    );
    return likeInput(X, { nSamples: frame.nSamples, columns });
  }

  /** The options of all branches, each as `branch__param`. */
  getParams(): Params {
    return paramsByStep(this.transformers.map(([name, transformer]) => [name, transformer]));
  }

  /** @throws NotFittedError */
  toState(): ColumnTransformerState {
    const { nFeaturesIn, nFeaturesOut } = this.#requireFitted();
    const transformers = this.transformers.map(([name, transformer, columns], branch) => ({
      name,
      transformer: transformer.toState(),
      columns: [...columns],
      nFeaturesOut: nFeaturesOut[branch]!,
    }));
    return { estimator: 'ColumnTransformer', transformers, fitted: { nFeaturesIn } };
  }

  get nFeaturesIn_(): number {
    return this.#requireFitted().nFeaturesIn;
  }

  #checkBranches(nFeatures: number): void {
    if (this.transformers.length === 0) throw new ValueError('ColumnTransformer has no branch: give it one.');
    checkNames(this.transformers.map(([name]) => name));
    for (const [name, transformer, columns] of this.transformers) {
      asTransformer(transformer);
      if (columns.length === 0) throw new ValueError(`Branch '${name}' has no columns: leave it out.`);
      const wrong = columns.find((column) => !Number.isInteger(column) || column < 0 || column >= nFeatures);
      if (wrong === undefined) continue;
      throw new ValueError(`Branch '${name}' wants column ${wrong}, and X has ${nFeatures} columns.`);
    }
  }

  #requireFitted(): Fitted {
    if (this.#fitted === undefined) throw new NotFittedError('ColumnTransformer');
    return this.#fitted;
  }
}

function pick({ nSamples, columns }: Frame, indices: readonly number[]): Frame {
  return { nSamples, columns: indices.map((index) => columns[index]!) };
}
