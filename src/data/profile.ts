import type { ColumnSummary } from '../result.ts';
import type { Dataset } from './dataset.ts';

/** mathjs takes a quarter of a second to load, so nobody waits for it who does not need it. */
const loadMathjs = () => import('mathjs/number');

/** Minimum, maximum, mean, sample standard deviation and quartiles of each feature, by mathjs. */
export async function profile(dataset: Dataset): Promise<ColumnSummary[]> {
  const math = await loadMathjs();
  return dataset.features.map(({ name }, index) => {
    // Sorted as doubles first: mathjs would compare each pair through its own generic function.
    const values = Array.from((dataset.X.columns[index] as Float64Array).toSorted());
    const quartiles = math.quantileSeq(values, [0.25, 0.5, 0.75], true) as unknown as [
      number,
      number,
      number,
    ];
    return {
      name,
      min: values[0] as number,
      max: values.at(-1) as number,
      mean: math.mean(values),
      std: values.length > 1 ? Number(math.std(values, 'unbiased')) : 0,
      quartiles,
    };
  });
}
