import type { Reproduction } from '../../values/reproduction.ts';

/** How a training compares with the run whose settings it took. */
export interface ReproductionAnswer extends Omit<Reproduction, 'runId' | 'coefficients'> {
  readonly run_id: string;
  readonly coefficients: { readonly identical: boolean; readonly largest_difference: number | null };
}

export function reproductionAnswer({ runId, data, coefficients, ...rest }: Reproduction): ReproductionAnswer {
  const { identical, largestDifference } = coefficients;
  return { run_id: runId, data, coefficients: { identical, largest_difference: largestDifference }, ...rest };
}
