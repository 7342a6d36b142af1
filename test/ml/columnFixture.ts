import { readFileSync } from 'node:fs';

type Cells<T> = readonly (T | null)[];

/** What scikit-learn makes of columns with missing values: see test/fixtures/columns/make_columns.py. */
interface ColumnFixture {
  readonly numeric_imputers: readonly (ImputerCase<number> & {
    readonly strategy: 'mean' | 'median' | 'most_frequent';
  })[];
  readonly text_imputers: readonly ImputerCase<string>[];
  readonly encoders: readonly {
    readonly name: string;
    /** By column, as `rows`. */
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
    /** The test rows as the classifier sees them, by column. */
    readonly transformed: readonly (readonly number[])[];
    /** Of the second class, in the test rows. */
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
