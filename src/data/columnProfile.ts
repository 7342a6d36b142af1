import type { ClassLabel } from '../values/dataset.ts';
import type { ClassRocAuc, ColumnRole, NumberProfile, TextProfile } from '../values/dryRun.ts';
import { cramersV, crossTable, rocAucByClass } from './association.ts';
import { CATEGORIES_MAX } from './dataset.ts';
import type { SummaryScratch } from './orderStatistics.ts';
import { areAllDistinct, DISTINCT_MAX, summarize } from './summary.ts';
import type { NumberColumn, TextColumn } from './table.ts';

/** The target as a feature is compared with it. */
export interface Classes {
  readonly labels: readonly ClassLabel[];
  /** Each row's place in `labels`; below 0 where it has no class. */
  readonly codes: ArrayLike<number>;
  /** The class that a column's ROC curve is of where there are two; the larger one where it is not given. */
  readonly positive?: ClassLabel;
}

/** Values shown of a column of text. */
const FREQUENT_MAX = 10;

/**
 * @param values NaN where a cell is missing or no number
 * @param classes only for a feature
 */
export function profileNumbers(
  { name, type, missing, others }: NumberColumn,
  role: ColumnRole,
  values: Float64Array,
  scratch: SummaryScratch,
  classes?: Classes,
): NumberProfile {
  const { count: _, missing: __, distinct, ...statistics } = summarize(values, scratch);
  const rocAuc = classes && farthestRocAuc(values, classes);
  return {
    kind: 'number',
    name,
    role,
    type,
    missing,
    others,
    distinct: Math.min(distinct, DISTINCT_MAX),
    distinctCapped: distinct > DISTINCT_MAX,
    allDistinct: type === 'long' && isAllDistinct(values, distinct, scratch),
    ...statistics,
    ...(rocAuc && { rocAuc }),
  };
}

function isAllDistinct(values: Float64Array, distinct: number, scratch: SummaryScratch): boolean {
  return distinct > DISTINCT_MAX ? areAllDistinct(values, scratch) : distinct === values.length;
}

/** Of two classes the area is that of `positive`; of more that of the class which the column tells apart best. */
function farthestRocAuc(values: Float64Array, { labels, codes, positive }: Classes): ClassRocAuc | undefined {
  const areas = rocAucByClass(values, codes, labels.length).map((area, k) => ({ label: labels[k]!, area }));
  const defined = areas.filter(({ area }) => !Number.isNaN(area));
  if (labels.length === 2) return defined.find(({ label }) => label === (positive ?? labels[1]));
  const distance = ({ area }: ClassRocAuc) => Math.abs(area - 0.5);
  return defined.sort((a, b) => distance(b) - distance(a))[0];
}

/**
 * @param values each cell's place in the column's texts; below 0 where it is missing, or behind the last text kept
 * @param classes only for a feature
 */
export async function profileTexts(
  { name, missing, texts, overflowed, numbers, others }: TextColumn,
  role: ColumnRole,
  values: ArrayLike<number>,
  classes?: Classes,
): Promise<TextProfile> {
  const counts = new Uint32Array(texts.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value >= 0) counts[value]!++;
  }
  // Stable, so the first of several as frequent stays the first.
  const order = [...texts.keys()].sort((a, b) => counts[b]! - counts[a]!);
  const association = classes && !overflowed && (await compare(texts.length, values, classes));
  return {
    kind: 'text',
    type: 'string',
    name,
    role,
    missing,
    numbers,
    others,
    distinct: texts.length,
    distinctCapped: overflowed,
    allDistinct: missing === 0 && counts.every((count) => count === 1),
    mostFrequent: order.slice(0, FREQUENT_MAX).map((k) => ({ value: texts[k]!, rows: counts[k]! })),
    ...association,
  };
}

async function compare(nTexts: number, values: ArrayLike<number>, { labels, codes }: Classes) {
  const table = crossTable(values, nTexts, codes, labels.length);
  const isOfOneClassEach = table.every((counts) => counts.filter((count) => count > 0).length <= 1);
  return nTexts > CATEGORIES_MAX
    ? { isOfOneClassEach }
    : { isOfOneClassEach, cramersV: await cramersV(table) };
}
