import { labelText, type Target } from '../../../data/target.ts';
import { FieldError, quote } from '../../../errors.ts';
import type { ClassLabel } from '../../../values/dataset.ts';
import type { Plan } from '../../../values/plan.ts';

/** @throws FieldError `threshold_of_many` if the plan has a threshold, and the target not two classes */
export function requireTwoClasses(
  { name, classCounts }: Target,
  { threshold }: Pick<Plan, 'threshold'>,
): void {
  if (threshold === undefined || classCounts.length === 2) return;
  throw new FieldError(
    'threshold_of_many',
    `threshold needs a target with two classes, and ${quote(name)} has ${classCounts.length}: remove the field.`,
    { field: 'threshold', column: name, actual: classCounts.length },
  );
}

/** Python's truth values are numbers: `True == 1`. */
const PYTHON_TRUTH: ReadonlyMap<string, number> = new Map([
  ['True', 1],
  ['False', 0],
]);

/**
 * Finds the positive label, which precision, recall, F1 and ROC AUC refer to.
 * @throws FieldError if the target has no such label, or more than two labels
 */
export function findPositive(
  { name, classCounts, dtype }: Target,
  wanted: string | undefined,
): ClassLabel | undefined {
  const labels = classCounts.map(({ label }) => label);
  // Python prints a value that is not given as None.
  if (wanted === undefined || (wanted === 'None' && !labels.includes('None'))) return undefined;
  const allowed = labels.map((label) => labelText(label, dtype));
  const details = { field: 'positive', value: wanted, allowed };
  if (labels.length > 2) {
    throw new FieldError(
      'positive_of_many',
      `positive needs a target with two classes, and ${quote(name)} has ${labels.length}: remove the field.`,
      details,
    );
  }
  // A file may write booleans as True, TRUE or true, and so may a client.
  const same = (text: string) =>
    dtype === 'bool' ? text.toLowerCase() === wanted.toLowerCase() : text === wanted;
  const number = PYTHON_TRUTH.get(wanted) ?? (wanted.trim() === '' ? Number.NaN : Number(wanted));
  const label = labels.find((one) => same(labelText(one, dtype)) || one === number);
  if (label === undefined) {
    throw new FieldError(
      'unknown_positive',
      `positive is ${quote(wanted)}, but ${quote(name)} holds ${allowed.map((text) => quote(text)).join(' and ')}.`,
      details,
    );
  }
  return label;
}
