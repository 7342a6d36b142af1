import type { Interval } from '../../values/intervals.ts';
import { Z_OF_95 } from './normal.ts';

/**
 * Returns Wilson's 95 % interval of a share.
 *
 *     (p + z^2/2n ± z sqrt(p (1 - p) / n + z^2/4n^2)) / (1 + z^2/n),  p = successes / n
 *
 * @returns undefined without trials
 * Source: E. B. Wilson (1927), as statsmodels' `proportion_confint(method='wilson')`.
 */
export function wilson(successes: number, trials: number): Interval | undefined {
  if (!(trials > 0)) return undefined;
  const share = successes / trials;
  const square = Z_OF_95 ** 2;
  const scale = 1 + square / trials;
  const centre = (share + square / (2 * trials)) / scale;
  const distance = (Z_OF_95 * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials ** 2))) / scale;
  // The ends are exact here, and rounded elsewhere.
  const low = successes === 0 ? 0 : Math.max(0, centre - distance);
  const high = successes === trials ? 1 : Math.min(1, centre + distance);
  return [low, high];
}
