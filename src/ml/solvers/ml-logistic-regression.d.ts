/** What is used of the package, which ships no types of its own. */
declare module 'ml-logistic-regression' {
  import type { Matrix } from 'ml-matrix';

  /** One classifier a class, that tells its rows (0) from all others (1): `1 / (1 + exp(-X w'))` is the others' share. */
  export default class LogisticRegression {
    constructor(options: { readonly numSteps: number; readonly learningRate: number });
    readonly classifiers: readonly { readonly weights: Matrix }[];
    /** @param y a column of codes 0 to nClasses - 1 */
    train(X: Matrix, y: Matrix): void;
  }
}
