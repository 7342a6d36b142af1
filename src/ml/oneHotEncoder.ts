import type { OneHotEncoderState } from '../values/pipelineState.ts';
import { likeInput, toFrame } from './denseColumn.ts';
import { NotFittedError, nameOf, ValueError } from './errors.ts';
import type { Input, Params, Transformed, Transformer } from './estimator.ts';
import type { Frame, TextColumn } from './frame.ts';
import type { Classes } from './labels.ts';
import { checkFeatureCount } from './matrix.ts';

export interface OneHotEncoderOptions {
  /** How to encode a text that the fit did not see: throw an error, or write zeros. */
  readonly handleUnknown?: 'error' | 'ignore';
}

const HANDLINGS: readonly OneHotEncoderOptions['handleUnknown'][] = ['error', 'ignore'];

/**
 * Encodes each text column as one column of zeros and ones for each category. Categories are sorted by code point.
 * This is scikit-learn's `OneHotEncoder` with `sparse_output=False`. A missing text is not a category: `fit` rejects
 * it, and `transform` treats it as an unknown text.
 */
export class OneHotEncoder implements Transformer {
  readonly #params: OneHotEncoderState['params'];
  #fitted: OneHotEncoderState['fitted'] | undefined;

  constructor({ handleUnknown = 'error' }: OneHotEncoderOptions = {}) {
    this.#params = { handleUnknown };
  }

  static fromState({ params, fitted }: OneHotEncoderState): OneHotEncoder {
    const encoder = new OneHotEncoder(params);
    encoder.#fitted = structuredClone(fitted);
    return encoder;
  }

  /**
   * @param X columns of text
   * @param _y ignored; every step of a pipeline accepts it
   * @throws ValueError if an option is wrong; if X is empty or ragged; if a column holds numbers; if a text is
   *   missing
   */
  fit(X: Input, _y?: Classes): this {
    const { handleUnknown } = this.#params;
    if (!HANDLINGS.includes(handleUnknown)) {
      throw new ValueError(
        `The 'handleUnknown' parameter of OneHotEncoder must be one of ${HANDLINGS.join(', ')}. Got ${handleUnknown} instead.`,
      );
    }
    const columns = textColumns(toFrame(X));
    columns.forEach((column, j) => {
      const { nMissing } = column;
      if (nMissing === 0) return;
      throw new ValueError(`Column ${nameOf(column, j)} has no text in ${nMissing} rows: impute it first.`, {
        column: column.name,
      });
    });
    this.#fitted = {
      nFeaturesIn: columns.length,
      categories: columns.map((column) => [...column.counts().keys()]),
    };
    return this;
  }

  /**
   * @param X columns of text, not changed
   * @returns one column for each category, the first column's categories first
   * @throws NotFittedError
   * @throws ValueError if X does not have the features of the fit, or if an unknown text is an error
   */
  transform<X extends Input>(X: X): Transformed<X> {
    const { nFeaturesIn, categories } = this.#requireFitted();
    const frame = toFrame(X, { allowMissing: true });
    checkFeatureCount({ nFeatures: frame.columns.length }, nFeaturesIn, 'OneHotEncoder');
    const columns = textColumns(frame);
    if (this.#params.handleUnknown === 'error') {
      columns.forEach((column, j) => {
        refuseUnknown(column, j, categories[j]!);
      });
    }
    const indicators = columns.flatMap((column, j) => categories[j]!.map((text) => column.indicator(text)));
    return likeInput(X, { nSamples: frame.nSamples, columns: indicators });
  }

  getParams(): Params {
    return { ...this.#params };
  }

  toState(): OneHotEncoderState {
    return structuredClone({
      estimator: 'OneHotEncoder',
      params: this.#params,
      fitted: this.#requireFitted(),
    });
  }

  /** The texts of each column, sorted by code point. */
  get categories_(): readonly (readonly string[])[] {
    return this.#requireFitted().categories;
  }

  get nFeaturesIn_(): number {
    return this.#requireFitted().nFeaturesIn;
  }

  #requireFitted(): OneHotEncoderState['fitted'] {
    if (this.#fitted === undefined) throw new NotFittedError('OneHotEncoder');
    return this.#fitted;
  }
}

function textColumns({ columns }: Frame): readonly TextColumn[] {
  return columns.map((column, j) => {
    if (column.kind === 'text') return column;
    throw new ValueError(
      `Column ${nameOf(column, j)} holds numbers, but OneHotEncoder encodes text: leave it out.`,
      { column: column.name },
    );
  });
}

function refuseUnknown(column: TextColumn, j: number, categories: readonly string[]): void {
  const unknown = [...column.counts().keys()].find((text) => !categories.includes(text));
  const place = { column: column.name };
  const name = nameOf(column, j);
  if (unknown !== undefined)
    throw new ValueError(`Found unknown category '${unknown}' in column ${name}.`, place);
  if (column.nMissing > 0)
    throw new ValueError(`Column ${name} has no text in ${column.nMissing} rows.`, place);
}
