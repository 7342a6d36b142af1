import { indexByText } from '../../../data/roles.ts';
import { labelText, type Target } from '../../../data/target.ts';
import { FieldError, quote } from '../../../errors.ts';
import type { ClassLabel } from '../../../values/dataset.ts';
import type { Plan } from '../../../values/plan.ts';

/**
 * Checks that the target has the two classes that a threshold and estimates need.
 * @throws FieldError `threshold_of_many` or `inference_of_many`
 */
export function requireTwoClasses(
  { name, classCounts }: Target,
  { threshold, inference }: Pick<Plan, 'threshold' | 'inference'>,
): void {
  const actual = classCounts.length;
  const field = threshold !== undefined ? 'threshold' : 'inference';
  if ((threshold === undefined && !inference) || actual <= CLASSES) return;
  throw new FieldError(
    `${field}_of_many`,
    `${field} needs a target with two classes, and ${quote(name)} has ${actual}: remove the field.`,
    { field, limit: CLASSES, actual },
  );
}

const CLASSES = 2;

/** Python's truth values are numbers: `True == 1`. */
const PYTHON_TRUTH: ReadonlyMap<string, number> = new Map([
  ['True', 1],
  ['False', 0],
]);

// A file may write booleans as True, TRUE or true, and so may a client.
const lowerCase = (text: string) => text.toLowerCase();
const lowerCaseIf = (dtype: Target['dtype'], text: string) => (dtype === 'bool' ? lowerCase(text) : text);

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
  const found = indexByText(dtype === 'bool' ? allowed.map(lowerCase) : allowed, lowerCaseIf(dtype, wanted));
  const number = PYTHON_TRUTH.get(wanted) ?? (wanted.trim() === '' ? Number.NaN : Number(wanted));
  const label = labels[found] ?? labels.find((one) => one === number);
  if (label === undefined) {
    throw new FieldError(
      'unknown_positive',
      `positive is ${quote(wanted)}, but ${quote(name)} holds ${allowed.map((text) => quote(text)).join(' and ')}.`,
      details,
    );
  }
  return label;
}
