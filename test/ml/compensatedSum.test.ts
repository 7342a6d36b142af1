import { expect, test } from 'vitest';
import { CompensatedSum } from '../../src/ml/compensatedSum.ts';

/** The exact mean of doubles, rounded once: each double is a whole number of 2^-1074. */
function exactMean(values: readonly number[]): number {
  const unit = 1074n;
  const whole = (x: number): bigint => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, Math.abs(x));
    const bits = view.getBigUint64(0);
    const exponent = bits >> 52n;
    const fraction = bits & ((1n << 52n) - 1n);
    const size = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
    return x < 0 ? -size : size;
  };
  const sum = values.reduce((total, x) => total + whole(x), 0n);
  const count = BigInt(values.length);
  // 60 binary digits more than a double has are enough to round once.
  const scaled = (sum << 60n) / count;
  const size = scaled < 0n ? -scaled : scaled;
  const digits = BigInt(size.toString(2).length);
  const cut = digits > 63n ? digits - 63n : 0n;
  const top = Number(size >> cut) * 2 ** Number(cut - 60n - unit + 500n) * 2 ** -500;
  return scaled < 0n ? -top : top;
}

test.each([
  ['a huge offset', Array.from({ length: 301 }, (_, i) => 1e12 - (i % 7) * 0.137)],
  ['a clock', Array.from({ length: 1000 }, (_, i) => 1.7e18 + i * 1024)],
  ['terms that cancel', [1e16, 1, -1e16]],
  ['tenths', Array.from({ length: 999 }, () => 0.1)],
])('the mean of %s is the exact mean, rounded', (_, values) => {
  const sum = new CompensatedSum();
  for (const value of values) sum.add(value);
  const [got, exact] = [sum.over(values.length), exactMean(values)];
  expect(Math.abs(got - exact)).toBeLessThanOrEqual(Math.abs(exact) * 2 ** -52);
});

test('the mean of numbers whose sum overflows is infinite', () => {
  const sum = new CompensatedSum();
  for (const value of [1.7e308, 1.7e308]) sum.add(value);
  expect(sum.over(2)).toBe(Number.POSITIVE_INFINITY);
});
