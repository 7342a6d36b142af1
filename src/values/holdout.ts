/** How the test rows are chosen. */

/** Test rows that are drawn as scikit-learn's `train_test_split` draws them. */
export interface RandomSplit {
  readonly by: 'random';
  /** A share of the rows below 1, or a number of rows. */
  readonly testSize: number;
  readonly randomState: number;
  readonly stratify: boolean;
}

/** The last rows of the file are the test rows, as with `train_test_split(shuffle=False)`. */
interface LastRows {
  readonly by: 'last';
  /** As in `RandomSplit`. */
  readonly testSize: number;
}

/** A column of the file assigns each row. The model does not see the column. */
interface ColumnSplit {
  readonly by: 'column';
  readonly column: string;
}

/** The rows of a second file are the test rows. */
interface FileSplit {
  readonly by: 'file';
}

export type Holdout = RandomSplit | LastRows | ColumnSplit | FileSplit;
