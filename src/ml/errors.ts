/** scikit-learn's `NotFittedError`, thrown if a fitted attribute or a prediction is requested before `fit`. */
export class NotFittedError extends Error {
  override readonly name = 'NotFittedError';

  constructor(estimator: string) {
    super(`This ${estimator} instance is not fitted yet: call fit() first.`);
  }
}

/** Where a value stands in the input of an estimator. */
export interface Place {
  /** Index of the row. */
  readonly row?: number;
  /** The column's name, if the column has one. */
  readonly column?: string | undefined;
}

/** Python's `ValueError`, which scikit-learn raises for options or data that it cannot use. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
  /** Where the value stands that cannot be used, as far as it is known. */
  readonly place: Place;

  constructor(message: string, place: Place = {}) {
    super(message);
    this.place = place;
  }
}

/** Characters of a column's name that a message shows. */
const NAME_CHARS_MAX = 60;

/** Returns a column's name for a message, in quotes, or its index if the column has no name. */
export function nameOf({ name }: { readonly name?: string | undefined }, index: number): string {
  if (name === undefined) return String(index);
  return JSON.stringify(name.length > NAME_CHARS_MAX ? `${name.slice(0, NAME_CHARS_MAX)}…` : name);
}
