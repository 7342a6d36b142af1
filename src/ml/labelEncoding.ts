import { compareCodePoints } from '../python/codePoints.ts';
import type { ClassesDtype } from '../values/dataset.ts';
import { ValueError } from './errors.ts';
import type { EncodedLabels, Labels } from './labels.ts';

/**
 * Turns labels into classes and codes, like `numpy.unique(y, return_inverse=True)`.
 * @throws ValueError if a number is not finite, or if numbers and text are mixed
 */
export function encodeLabels(y: Labels): EncodedLabels {
  const labels: ArrayLike<number | string> = y;
  const firstCodes = new Map<number | string, number>();
  const codes = new Int32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    let code = firstCodes.get(label);
    if (code === undefined) {
      code = firstCodes.size;
      firstCodes.set(label, code);
    }
    codes[i] = code;
  }
  const found = [...firstCodes.keys()];
  const classes = sortClasses(found);
  const rank = new Int32Array(found.length);
  classes.forEach((label, k) => {
    rank[firstCodes.get(label)!] = k;
  });
  for (let i = 0; i < codes.length; i++) codes[i] = rank[codes[i]!]!;
  return { classes, dtype: dtypeOf(classes), codes };
}

function sortClasses(found: readonly (number | string)[]): readonly (number | string)[] {
  const numbers = found.filter((label) => typeof label === 'number');
  const texts = found.filter((label) => typeof label === 'string');
  if (numbers.length + texts.length !== found.length || (numbers.length > 0 && texts.length > 0)) {
    throw new ValueError('Labels must be all numbers or all text: convert them to one type.');
  }
  if (numbers.some((label) => !Number.isFinite(label))) {
    throw new ValueError('Input y contains a number that is not finite: all numbers must be finite.');
  }
  return texts.length > 0 ? texts.sort(compareCodePoints) : numbers.sort((a, b) => a - b);
}

function dtypeOf(classes: readonly (number | string)[]): ClassesDtype {
  if (typeof classes[0] === 'string') return 'object';
  return classes.every(Number.isInteger) ? 'int64' : 'float64';
}
