import { readFileSync } from 'node:fs';

type Cells<T> = readonly (T | null)[];

/** Results of scikit-learn for columns with missing values. See test/fixtures/columns/make_columns.py. */
interface ColumnFixture {
  readonly numeric_imputers: readonly (ImputerCase<number> & {
    readonly strategy: 'mean' | 'median' | 'most_frequent';
  })[];
  readonly text_imputers: readonly ImputerCase<string>[];
  readonly encoders: readonly {
    readonly name: string;
    /** By column, like `rows`. */
    readonly fitted: readonly Cells<string>[];
    readonly categories: readonly (readonly string[])[];
    readonly rows: readonly Cells<string>[];
    /** By column. */
    readonly transformed: readonly (readonly number[])[];
  }[];
  readonly pipelines: readonly {
    readonly name: string;
    readonly missing: 'error' | 'mean' | 'median' | 'most_frequent';
    /** Cells by column. */
    readonly train: Readonly<Record<string, Cells<number | string>>>;
    readonly labels: readonly string[];
    readonly test: Readonly<Record<string, Cells<number | string>>>;
    /** The transformed test rows, by column: the classifier's input. */
    readonly transformed: readonly (readonly number[])[];
    /** Probabilities of the second class in the test rows. */
    readonly probabilities: readonly number[];
  }[];
}

interface ImputerCase<T> {
  readonly name: string;
  readonly fitted: Cells<T>;
  readonly statistic: T;
  readonly rows: Cells<T>;
  readonly transformed: readonly T[];
}

const path = new URL('../fixtures/columns/columns.json', import.meta.url);
export const columnFixture = JSON.parse(readFileSync(path, 'utf8')) as ColumnFixture;
