import type { Interval } from '../../values/intervals.ts';

/** The 0.975 quantile of a standard normal: between minus this and this lie 95 %. */
export const Z_OF_95 = 1.959963984540054;

/** The 95 % interval of a normal estimate; undefined if the standard error is. */
export function normalInterval(
  estimate: number,
  standardError: number,
  [least, most]: Interval,
): Interval | undefined {
  const distance = Z_OF_95 * standardError;
  if (!Number.isFinite(estimate) || !Number.isFinite(distance)) return undefined;
  return [Math.max(least, estimate - distance), Math.min(most, estimate + distance)];
}
