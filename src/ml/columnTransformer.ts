import type { ColumnTransformerState, TransformerState } from '../values/pipelineState.ts';
import { likeInput, toFrame } from './denseColumn.ts';
import { NotFittedError, ValueError } from './errors.ts';
import type { Input, Params, Transformed, Transformer } from './estimator.ts';
import type { Frame } from './frame.ts';
import type { Classes } from './labels.ts';
import { checkFeatureCount } from './matrix.ts';
import { asTransformer, checkNames, paramsByStep } from './pipeline.ts';

/** A name, a transformer with plain-data state, and the indices of its columns in X. */
export type Branch = readonly [name: string, transformer: StatefulTransformer, columns: readonly number[]];

export interface StatefulTransformer extends Transformer {
  toState(): TransformerState;
}

interface Fitted {
  readonly nFeaturesIn: number;
  /** Number of output columns of each branch. */
  readonly nFeaturesOut: readonly number[];
}

/**
 * Transforms groups of columns with different transformers and joins the results in the order of the branches.
 * Columns that belong to no branch are dropped. This is scikit-learn's `ColumnTransformer`, except that `fit` fits
 * the transformers themselves and not copies.
 */
export class ColumnTransformer implements Transformer {
  readonly transformers: readonly Branch[];
  #fitted: Fitted | undefined;

  /** @param transformers stored unchecked; `fit` checks them */
  constructor(transformers: readonly Branch[]) {
    this.transformers = [...transformers];
  }

  /** @param restore creates a branch's transformer from its state */
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
   * @param X shape `(nSamples, nFeatures)`, where NaN in dense input is a missing value
   * @param y labels, for transformers that use them
   * @throws ValueError if there is no branch; if a name is empty, duplicated or contains `__`; if a branch has no
   *   columns or a column that X lacks; if a transformer rejects its columns
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
   * @param X shape `(nSamples, nFeatures)`, not changed
   * @throws NotFittedError
   * @throws ValueError if X does not have the features of the fit
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

  /** Returns the options of all branches, each as `branch__param`. */
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
    if (this.transformers.length === 0)
      throw new ValueError('ColumnTransformer has no branch: give it at least one.');
    checkNames(this.transformers.map(([name]) => name));
    for (const [name, transformer, columns] of this.transformers) {
      asTransformer(transformer);
      if (columns.length === 0) throw new ValueError(`Branch '${name}' has no columns: leave it out.`);
      const wrong = columns.find((column) => !Number.isInteger(column) || column < 0 || column >= nFeatures);
      if (wrong === undefined) continue;
      throw new ValueError(
        `Branch '${name}' uses column ${wrong}, but X has ${nFeatures} columns: use 0 to ${nFeatures - 1}.`,
      );
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
