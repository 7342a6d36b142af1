/** The part of the package that trainpost uses. The package ships no types. */
declare module 'ml-logistic-regression' {
  import type { Matrix } from 'ml-matrix';

  /**
   * Has one classifier for each class. It separates the class's rows (0) from all others (1): `1 / (1 + exp(-X w'))`
   * is the probability of the others.
   */
  export default class LogisticRegression {
    constructor(options: { readonly numSteps: number; readonly learningRate: number });
    readonly classifiers: readonly { readonly weights: Matrix }[];
    /** @param y a column of codes from 0 to nClasses - 1 */
    train(X: Matrix, y: Matrix): void;
  }
}
