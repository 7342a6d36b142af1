/** What answers for people say of a training or an evaluation beside the keys of the JSON. It is kept with the answer, so it survives JSON. */

/** A setting or a fact of the data in which this training differs from the champion. */
export interface Change {
  readonly what: string;
  readonly champion: string;
  readonly now: string;
}

export interface Brief {
  /** The registered model, if the form names one. */
  readonly registeredModel?: string;
  /** The file's name at the client. */
  readonly fileName: string;
  /** The result in a few sentences. */
  readonly verdict: readonly string[];
  /** Test rows by true class (outside) and predicted class, in the order of `classes`; only if there are few classes. */
  readonly confusion?: {
    readonly classes: readonly string[];
    readonly rows: readonly (readonly number[])[];
  };
  /** The best candidate's settings by their names in answers. */
  readonly settings?: Readonly<Record<string, number | string | null>>;
  /** If the training compares with a champion. */
  readonly changes?: readonly Change[];
  /** With two classes and curves: the true positive rate of the test rows at even steps of the false positive rate, from 0 to 1. */
  readonly roc?: readonly number[];
  /** The curl command that asks for the same again. */
  readonly command: string;
}
