import type { Dataset } from '../data/dataset.ts';
import { FieldError, quote } from '../errors.ts';
import { type Matrix, takeRows } from '../ml/matrix.ts';
import type { ClassLabel } from '../result.ts';

/** The training rows or the test rows of a data set. */
export interface Part {
  readonly X: Matrix;
  readonly y: ArrayLike<number> | ArrayLike<string>;
}

export function takePart(dataset: Dataset, rows: Uint32Array): Part {
  const { labels } = dataset.y;
  const y = labels instanceof Float64Array ? new Float64Array(rows.length) : new Array<string>(rows.length);
  for (let index = 0; index < rows.length; index += 1) y[index] = labels[rows[index] as number] as never;
  return { X: takeRows(dataset.X, rows), y };
}

/** Each row's class by its place among the classes: what a stratified split counts. */
export function classCodes(dataset: Dataset): Int32Array {
  const codeOf = new Map(dataset.y.classCounts.map(({ label }, code) => [label, code]));
  return Int32Array.from(dataset.y.labels as ArrayLike<number>, (label) => codeOf.get(label) as number);
}

/**
 * The label that precision, recall and ROC are of.
 * @throws FieldError where the target has no such label, or more than two
 */
export function findPositive(dataset: Dataset, wanted: string | undefined): ClassLabel | undefined {
  if (wanted === undefined) return undefined;
  const labels = dataset.y.classCounts.map(({ label }) => label);
  const details = { field: 'positive', value: wanted, allowed: labels.map(String) };
  if (labels.length > 2) {
    throw new FieldError(
      'positive_of_many',
      `positive is for a target of two classes, and ${quote(dataset.targetName)} has ${labels.length}: leave it out.`,
      details,
    );
  }
  const label = labels.find(
    (one) => String(one) === wanted || (typeof one === 'number' && one === Number(wanted)),
  );
  if (label === undefined) {
    throw new FieldError(
      'unknown_positive',
      `positive is ${quote(wanted)}, but ${quote(dataset.targetName)} holds ${labels.map((one) => quote(String(one))).join(' and ')}.`,
      details,
    );
  }
  return label;
}
