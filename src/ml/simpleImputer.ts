import type { ImputerStrategy, MissingForm, SimpleImputerState } from '../values/pipelineState.ts';
import { likeInput, toFrame } from './denseColumn.ts';
import { NotFittedError, nameOf, ValueError } from './errors.ts';
import type { Input, Params, Transformed, Transformer } from './estimator.ts';
import type { FrameColumn } from './frame.ts';
import type { Classes } from './labels.ts';
import { checkFeatureCount } from './matrix.ts';

export interface SimpleImputerOptions {
  /** Statistic of the column that replaces missing values. Text allows only `most_frequent`. */
  readonly strategy?: ImputerStrategy;
  /**
   * Which of Python's forms of a missing value the logged model fills. A frame's columns have only one form, which
   * stands for all of them.
   */
  readonly missingValues?: MissingForm;
}

const STRATEGIES: readonly ImputerStrategy[] = ['mean', 'median', 'most_frequent'];
const FORMS: readonly MissingForm[] = ['nan', 'none', 'empty'];

/**
 * Fills missing values with the column's mean, median or most frequent value (the smallest of several).
 * This is scikit-learn's `SimpleImputer`, except that it rejects a column without any value. scikit-learn drops such
 * a column with a warning.
 */
export class SimpleImputer implements Transformer {
  readonly #params: SimpleImputerState['params'];
  #fitted: SimpleImputerState['fitted'] | undefined;

  constructor({ strategy = 'mean', missingValues = 'nan' }: SimpleImputerOptions = {}) {
    this.#params = { strategy, missingValues };
  }

  static fromState({ params, fitted }: SimpleImputerState): SimpleImputer {
    const imputer = new SimpleImputer(params);
    imputer.#fitted = structuredClone(fitted);
    return imputer;
  }

  /**
   * @param X shape `(nSamples, nFeatures)`, all numbers (NaN is missing) or all text
   * @param _y ignored; every step of a pipeline accepts it
   * @throws ValueError if an option is wrong; if X is empty, ragged, infinite or of both kinds; if a column has no
   *   value; if the strategy for text is mean or median
   */
  fit(X: Input, _y?: Classes): this {
    const { strategy, missingValues } = this.#params;
    check(STRATEGIES.includes(strategy), 'strategy', STRATEGIES, strategy);
    check(FORMS.includes(missingValues), 'missingValues', FORMS, missingValues);
    const { columns } = toFrame(X, { allowMissing: true });
    if (columns.some(({ kind }) => kind !== columns[0]!.kind)) {
      throw new ValueError(
        'X has columns of numbers and of text: impute them separately with a ColumnTransformer.',
      );
    }
    const statistics = columns.map((column, j) => statistic(column, j, strategy));
    this.#fitted = { nFeaturesIn: columns.length, statistics };
    return this;
  }

  /**
   * @param X shape `(nSamples, nFeatures)`, of the same kind as in the fit, not changed
   * @throws NotFittedError
   * @throws ValueError if X does not have the features of the fit
   */
  transform<X extends Input>(X: X): Transformed<X> {
    const { nFeaturesIn, statistics } = this.#requireFitted();
    const { nSamples, columns } = toFrame(X, { allowMissing: true });
    checkFeatureCount({ nFeatures: columns.length }, nFeaturesIn, 'SimpleImputer');
    return likeInput(X, { nSamples, columns: columns.map((column, j) => filled(column, statistics[j]!, j)) });
  }

  getParams(): Params {
    return { ...this.#params };
  }

  toState(): SimpleImputerState {
    return structuredClone({
      estimator: 'SimpleImputer',
      params: this.#params,
      fitted: this.#requireFitted(),
    });
  }

  /** Value that fills each column. */
  get statistics_(): readonly (number | string)[] {
    return this.#requireFitted().statistics;
  }

  get nFeaturesIn_(): number {
    return this.#requireFitted().nFeaturesIn;
  }

  #requireFitted(): SimpleImputerState['fitted'] {
    if (this.#fitted === undefined) throw new NotFittedError('SimpleImputer');
    return this.#fitted;
  }
}

function check(isRight: boolean, name: string, allowed: readonly string[], value: unknown): void {
  if (isRight) return;
  throw new ValueError(
    `The '${name}' parameter of SimpleImputer must be one of ${allowed.join(', ')}. Got ${value} instead.`,
  );
}

function statistic(column: FrameColumn, j: number, strategy: ImputerStrategy): number | string {
  const [name, place] = [nameOf(column, j), { column: column.name }];
  if (column.nMissing === column.nSamples) {
    throw new ValueError(
      `Column ${name} has no value in any row, so nothing can be imputed: leave the column out.`,
      place,
    );
  }
  if (column.kind === 'text') {
    if (strategy === 'most_frequent') return mostFrequent(column.counts());
    throw new ValueError(
      `Column ${name} holds text, which has no ${strategy}: use the strategy most_frequent.`,
      place,
    );
  }
  const value = {
    mean: () => column.mean(),
    median: () => column.median(),
    most_frequent: () => column.mostFrequent(),
  }[strategy]();
  if (Number.isFinite(value)) return value;
  throw new ValueError(`The ${strategy} of column ${name} is ${value}: all values must be finite.`, place);
}

/** Returns the first of the most frequent texts. The texts are sorted. */
function mostFrequent(counts: ReadonlyMap<string, number>): string {
  let best = '';
  let bestRows = 0;
  for (const [text, rows] of counts) {
    if (rows <= bestRows) continue;
    best = text;
    bestRows = rows;
  }
  return best;
}

function filled(column: FrameColumn, value: number | string, j: number): FrameColumn {
  if (column.kind === 'numeric' && typeof value === 'number') return column.fill(value);
  if (column.kind === 'text' && typeof value === 'string') return column.fill(value);
  const expected = typeof value === 'number' ? 'numbers' : 'text';
  throw new ValueError(
    `Column ${nameOf(column, j)} held ${expected} in the fit, but does not now: use the same kind.`,
    { column: column.name },
  );
}
