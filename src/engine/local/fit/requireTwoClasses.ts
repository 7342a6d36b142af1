import type { Target } from '../../../data/target.ts';
import { FieldError, quote } from '../../../errors.ts';

/** Estimates are changes of the log odds, which two classes have. */
const CLASSES = 2;

/** Checks that estimates exist for a target. @throws FieldError `inference_of_many` if it has more than two classes */
export function requireTwoClasses({ name, classCounts }: Target): void {
  const actual = classCounts.length;
  if (actual <= CLASSES) return;
  throw new FieldError(
    'inference_of_many',
    `inference=true needs a target with two classes, and ${quote(name)} has ${actual}: remove the field.`,
    { field: 'inference', value: 'true', limit: CLASSES, actual },
  );
}
