/** scikit-learn's `NotFittedError`: a fitted attribute or a prediction was asked for before `fit`. */
export class NotFittedError extends Error {
  override readonly name = 'NotFittedError';

  constructor(estimator: string) {
    super(`This ${estimator} instance is not fitted yet: call fit() before this.`);
  }
}

/** Python's `ValueError`, as scikit-learn raises it for an option or for data that cannot be used. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}
