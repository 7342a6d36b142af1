import type { CustomMetric } from '../../values/expression.ts';
import type { Difference } from '../../values/intervals.ts';
import type { Measures } from '../../values/metrics.ts';
import type { Verdict } from '../../values/result.ts';
import { directionOf } from './countMetrics.ts';

/** A smaller p-value is significant. */
const SIGNIFICANT = 0.05;
/** Metrics of which less is better. */
const LOSSES: readonly string[] = ['log_loss'];

/** The verdict on each metric: how this model does against the other one. */
export function verdictsOf(
  paired: Readonly<Record<string, Difference>>,
  metrics: readonly CustomMetric[],
  { confusion }: Pick<Measures, 'confusion'>,
): Readonly<Record<string, Verdict>> {
  const signOf = (name: string) => {
    const custom = metrics.find((metric) => metric.name === name);
    if (custom === undefined) return LOSSES.includes(name) ? -1 : 1;
    return confusion === undefined ? 0 : directionOf(custom, confusion);
  };
  return Object.fromEntries(
    Object.entries(paired).flatMap(([name, difference]) => {
      const sign = signOf(name);
      return sign === 0 ? [] : [[name, verdictOf(difference, sign)] as const];
    }),
  );
}

function verdictOf({ difference, p }: Difference, sign: number): Verdict {
  const gain = sign * difference;
  if (p < SIGNIFICANT && gain !== 0) return gain > 0 ? 'better' : 'significantly_worse';
  return gain < 0 ? 'worse_within_noise' : 'no_difference';
}
