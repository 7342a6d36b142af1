import type { Dataset } from '../data/dataset.ts';
import { labelText } from '../data/target.ts';
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
  const { classCounts, dtype } = dataset.y;
  const labels = classCounts.map(({ label }) => label);
  const allowed = labels.map((label) => labelText(label, dtype));
  const details = { field: 'positive', value: wanted, allowed };
  if (labels.length > 2) {
    throw new FieldError(
      'positive_of_many',
      `positive is for a target of two classes, and ${quote(dataset.targetName)} has ${labels.length}: leave it out.`,
      details,
    );
  }
  // A file writes its booleans True, TRUE or true, and so may a caller.
  const same = (text: string) =>
    dtype === 'bool' ? text.toLowerCase() === wanted.toLowerCase() : text === wanted;
  const label = labels.find(
    (one) => same(labelText(one, dtype)) || (typeof one === 'number' && one === Number(wanted)),
  );
  if (label === undefined) {
    throw new FieldError(
      'unknown_positive',
      `positive is ${quote(wanted)}, but ${quote(dataset.targetName)} holds ${allowed.map((text) => quote(text)).join(' and ')}.`,
      details,
    );
  }
  return label;
}
