import type { PredictionsAnswer } from '../../client.ts';
import type { ForestRow } from '../../reports/plots/forest.tsx';

type Contributions = NonNullable<PredictionsAnswer['contributions']>;

/** What each column adds to the log odds of a class, for one row. They and the intercept add up to `score`. */
export interface Shares {
  readonly rows: readonly ForestRow[];
  readonly intercept: number;
  readonly score: number;
}

/**
 * Reads the shares of a row. A category that the row does not have adds nothing, and is left out.
 * @param columns names of the model's columns
 * @param code place of the class, with three classes or more
 */
export function sharesOf(
  { names, values, intercepts }: Contributions,
  row: number,
  columns: ReadonlySet<string>,
  code: number,
): Shares {
  const ofRow = values[row]!;
  const [first] = ofRow;
  const ofClass = (Array.isArray(first) ? ofRow[code] : ofRow) as readonly number[];
  const intercept = intercepts[Array.isArray(first) ? code : 0]!;
  return {
    rows: names
      .map((term, i) => ({ term, value: ofClass[i]! }))
      .filter(({ term, value }) => value !== 0 || columns.has(term)),
    intercept,
    score: ofClass.reduce((sum, value) => sum + value, intercept),
  };
}
