/** scikit-learn's `NotFittedError`, thrown if a fitted attribute or a prediction is requested before `fit`. */
export class NotFittedError extends Error {
  override readonly name = 'NotFittedError';

  constructor(estimator: string) {
    super(`This ${estimator} instance is not fitted yet: call fit() first.`);
  }
}

/** Python's `ValueError`, which scikit-learn raises for options or data that it cannot use. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}
